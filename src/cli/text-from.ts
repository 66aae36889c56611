import { readFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf, usageError } from '../platform/errors.ts';
import type { Io } from './io.ts';

/**
 * The text that `--from` names: a file's, or stdin's for `-`.
 * @throws BacklogError `usage` (exit 2)
 */
export async function textFrom(from: string, io: Pick<Io, 'cwd' | 'stdin'>): Promise<string> {
  if (from === '-') return io.stdin();
  try {
    return readFileSync(path.resolve(io.cwd, from), 'utf8');
  } catch (error) {
    throw usageError(
      `${from} cannot be read: ${messageOf(error)}`,
      'pass a file that is there, or `-` for stdin',
    );
  }
}
