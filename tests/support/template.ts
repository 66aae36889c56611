import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import { tempDir } from './temp.ts';

/** A copy of a template, and the folder in which the template was made: files that name it have to name the copy. */
export interface Copy {
  readonly root: string;
  readonly madeIn: string;
}

/**
 * A fresh copy of what `make` makes, removed when the test ends. It is made once in a run, for all files; when it cannot be
 * made, each test that asks for it fails.
 * @param key all that decides what is made; it differs from the keys of all other templates
 * @param make returns its folder, which lives as long as the test that asked first
 */
export async function copyOf(key: string, make: () => Promise<string>): Promise<Copy> {
  const template = templateOf(key);
  if (!existsSync(template)) publish(await make(), template);
  const root = path.join(tempDir(), 'copy');
  copy(path.join(template, 'root'), root);
  return { root, madeIn: readFileSync(path.join(template, 'made-in'), 'utf8') };
}

/**
 * Fills a folder with what `make` puts there: it does so for the first who asks in a run, the others get a copy. No file may name
 * the folder.
 * @param key as that of {@link copyOf}
 */
export async function fill(folder: string, key: string, make: () => Promise<void>): Promise<void> {
  const template = templateOf(key);
  if (existsSync(template)) return copy(path.join(template, 'root'), folder);
  await make();
  publish(folder, template);
}

function templateOf(key: string): string {
  return path.join(inject('templates'), createHash('sha256').update(key).digest('hex').slice(0, 32));
}

/** Complete or not there: two workers may make the same template, and the first one's is kept. */
function publish(made: string, template: string): void {
  const draft = `${template}.${process.pid}`;
  mkdirSync(draft);
  copy(made, path.join(draft, 'root'));
  writeFileSync(path.join(draft, 'made-in'), made);
  try {
    renameSync(draft, template);
  } catch (error) {
    rmSync(draft, { recursive: true });
    if (!existsSync(template)) throw error;
  }
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}
