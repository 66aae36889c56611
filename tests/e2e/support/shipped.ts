import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readJson } from '../../plugin/parts.ts';
import { repositoryRoot } from '../../support/cli.ts';

const { files } = z.looseObject({ files: z.array(z.string()) }).parse(readJson('package.json'));

/** Copies what a user gets, as package.json lists it, into a new folder: a clone without sources, tests and node_modules. */
export async function copyShipped(to: string): Promise<string> {
  await mkdir(to, { recursive: true });
  for (const name of [...files, 'package.json']) {
    const from = path.join(repositoryRoot, name);
    if (existsSync(from)) await cp(from, path.join(to, name), { recursive: true });
  }
  return to;
}
