import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, messageOf, usageError } from '../platform/errors.ts';
import type { ImportForm, Source } from './foreign.ts';
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
    const { files, links } = markdownIn(place);
    const source = readBacklogMd(files);
    return { ...source, ignored: [...source.ignored, ...links] };
  }
  const text = textOf(place);
  const name = path.basename(place);
  if (form === 'task-master') return readTaskMaster(text, name);
  if (form === 'beads') return readBeads(text, name);
  if (form === 'github-json') return readGithub(text, name);
  return form === 'csv' ? readCsv(text, name) : readOwnJson(text, name);
}

function markdownIn(place: string): {
  readonly files: SourceFile[];
  readonly links: { place: string; reason: string }[];
} {
  if (isFile(place)) return { files: [{ name: path.basename(place), text: textOf(place) }], links: [] };
  const files: SourceFile[] = [];
  const links: { place: string; reason: string }[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(place, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) walk(name);
      else if (!entry.name.endsWith('.md')) continue;
      else if (entry.isFile()) files.push({ name, text: textOf(path.join(place, name)) });
      else links.push({ place: name, reason: 'no regular file; links are not followed' });
    }
  };
  walk('');
  return { files, links };
}

function isFile(place: string): boolean {
  try {
    return statSync(place).isFile();
  } catch (error) {
    throw usageError(`${place} cannot be read: ${messageOf(error)}`, 'pass a file or folder that is there');
  }
}

function textOf(place: string): string {
  if (!isFile(place)) throw usageError(`${place} is no file`, 'pass the file that was exported');
  try {
    const { size } = statSync(place);
    if (size <= MOST_BYTES) return readFileSync(place, 'utf8');
  } catch (error) {
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
