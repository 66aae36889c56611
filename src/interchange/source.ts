import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, messageOf, usageError } from '../platform/errors.ts';
import type { ImportForm, Refused, Source } from './foreign.ts';
import { readBacklogMd, type SourceFile } from './read-backlog-md.ts';
import { readCsv } from './read-csv.ts';
import { readBeads, readGithub, readOwnJson, readTaskMaster } from './read-json.ts';

/** Largest file that is read, in bytes; the text of ten thousand tickets is a tenth of it. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Reads what another program has written. Nothing is written, and no link is followed.
 * @param place a file; for `backlog-md` also its folder
 * @throws BacklogError `usage` (exit 2) when there is nothing to read
 */
export function readSource(form: ImportForm, place: string): Source {
  if (form === 'backlog-md') {
    const { files, refused, links } = markdownIn(place);
    const source = readBacklogMd(files);
    return { ...source, refused: [...source.refused, ...refused], ignored: [...source.ignored, ...links] };
  }
  const bytes = bytesOf(place);
  const name = path.basename(place);
  if (form === 'task-master') return readTaskMaster(bytes, name);
  if (form === 'beads') return readBeads(bytes, name);
  if (form === 'github-json') return readGithub(bytes, name);
  return form === 'csv' ? readCsv(bytes.toString('utf8'), name) : readOwnJson(bytes, name);
}

function markdownIn(place: string): {
  readonly files: SourceFile[];
  readonly refused: Refused[];
  readonly links: { place: string; reason: string }[];
} {
  if (isFile(place))
    return { files: [{ name: path.basename(place), bytes: bytesOf(place) }], refused: [], links: [] };
  const files: SourceFile[] = [];
  const refused: Refused[] = [];
  const add = (name: string): void => {
    try {
      files.push({ name, bytes: bytesOf(path.join(place, name)) });
    } catch (error) {
      // One file that cannot be used keeps no other from being imported.
      if (!(error instanceof BacklogError)) throw error;
      refused.push({ place: name, line: 1, reason: error.message, fix: error.fix });
    }
  };
  const links: { place: string; reason: string }[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(place, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) walk(name);
      else if (!entry.name.endsWith('.md')) continue;
      else if (entry.isFile()) add(name);
      else links.push({ place: name, reason: 'no regular file; links are not followed' });
    }
  };
  walk('');
  return { files, refused, links };
}

function isFile(place: string): boolean {
  try {
    return statSync(place).isFile();
  } catch (error) {
    throw usageError(`${place} cannot be read: ${messageOf(error)}`, 'pass a file or folder that is there');
  }
}

/** The bytes of a file, which are UTF-8. */
function bytesOf(place: string): Buffer {
  if (!isFile(place)) throw usageError(`${place} is no file`, 'pass the file that was exported');
  try {
    const { size } = statSync(place);
    if (size <= MOST_BYTES) return utf8(readFileSync(place), place);
  } catch (error) {
    if (error instanceof BacklogError) throw error;
    throw usageError(`${place} cannot be read: ${messageOf(error)}`, 'check that you may read it');
  }
  throw new BacklogError({
    code: 'import-too-large',
    message: `${place} is larger than ${MOST_BYTES / 1024 / 1024} MiB`,
    fix: 'export it in parts and import one after the other',
    exitCode: ExitCode.Usage,
    file: place,
  });
}

/** Other encodings are refused: what is no UTF-8 would become question marks, and nothing would say so. */
function utf8(bytes: Buffer, place: string): Buffer {
  if (isUtf8(bytes)) return bytes;
  throw new BacklogError({
    code: 'import-encoding',
    message: `${place} is not written in UTF-8`,
    fix: `save it as UTF-8 (\`iconv -f WINDOWS-1252 -t UTF-8\`, or -f UTF-16), and import again`,
    exitCode: ExitCode.Usage,
    file: place,
  });
}
