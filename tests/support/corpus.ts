import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './cli.ts';

/** The folder of real ticket files: `BACKLOG_CORPUS`, else `shared/corpora/backlogmd` beside a folder above the checkout. */
export function corpusFolder(): string | undefined {
  const named = process.env.BACKLOG_CORPUS;
  if (named) return named;
  for (let folder = repositoryRoot; ; folder = path.dirname(folder)) {
    const found = path.join(folder, 'shared/corpora/backlogmd');
    if (existsSync(found)) return found;
    if (path.dirname(folder) === folder) return undefined;
  }
}

/** Every `.md` file of the corpus, as absolute paths. */
export function corpusFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => path.join(folder, name));
}
