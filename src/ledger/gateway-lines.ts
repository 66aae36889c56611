import { closeSync, fstatSync, readSync } from 'node:fs';
import { openToRead } from '../platform/files.ts';

/** How far back is looked, in bytes: some ten thousand requests. What lies further back is joined when the ledger is read. */
const TAIL_BYTES = 8 * 1024 * 1024;

/**
 * Which of these requests our gateway has recorded with their usage: it writes each before its answer ends, so its line is there
 * when the client's transcript names the request.
 */
export function recordedByGateway(file: string, requestIds: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  if (requestIds.size === 0) return found;
  const tail = tailOf(file);
  for (let at = tail.indexOf(MARK); at >= 0; at = tail.indexOf(MARK, at + 1)) {
    const start = tail.lastIndexOf('\n', at) + 1;
    const end = tail.indexOf('\n', at);
    const line = tail.slice(start, end < 0 ? undefined : end);
    const id = /"request_id":"([^"\\]+)"/.exec(line)?.[1];
    if (id !== undefined && requestIds.has(id) && !line.includes('"output_tokens":0,')) found.add(id);
    if (found.size === requestIds.size) break;
  }
  return found;
}

const MARK = '"source":"gateway"';

function tailOf(file: string): string {
  let handle: number | undefined;
  try {
    handle = openToRead(file);
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const read = readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('latin1', 0, read);
  } catch {
    // A ledger that cannot be read holds nothing that could count twice; writing to it says what is wrong with it.
    return '';
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
