import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from '../support/cli.ts';

/** A text that the model reads: a skill, a command or an agent. */
export interface Part {
  /** From the root of the repository. */
  readonly file: string;
  readonly frontmatter: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export const skills = filesIn('skills')
  .filter((file) => file.endsWith('/SKILL.md'))
  .map(part);
export const commands = filesIn('commands').map(part);
export const agents = filesIn('agents').map(part);
/** Texts that a skill sends its reader to. */
/** Texts that a skill sends its reader to. */
export const references = filesIn('skills').filter((file) => /\/references\/[^/]+$/.test(file));
/** Texts that the program chooses: `backlog route` names their files. */
export const disciplines = filesIn('skills').filter((file) => file.includes('/references/disciplines/'));
export const briefs = filesIn('skills').filter((file) => file.includes('/references/types/'));

export function readText(file: string): string {
  return readFileSync(path.join(repositoryRoot, file), 'utf8');
}

export function readJson(file: string): unknown {
  return JSON.parse(readText(file));
}

/** All files below a folder of the repository, by their path from its root; none when there is no such folder. */
export function filesIn(folder: string): string[] {
  const from = path.join(repositoryRoot, folder);
  if (!existsSync(from)) return [];
  return readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(repositoryRoot, path.join(entry.parentPath, entry.name)))
    .sort();
}

function part(file: string): Part {
  const [, yaml, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(readText(file)) ?? [];
  if (yaml === undefined || body === undefined) throw new Error(`${file}: no front matter`);
  return { file, frontmatter: parse(yaml), body };
}
