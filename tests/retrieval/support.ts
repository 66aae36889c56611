import path from 'node:path';
import { loadConfig } from '../../src/project/config.ts';
import { requireProject } from '../../src/project/paths.ts';
import type { SourceWorld } from '../../src/retrieval/sources.ts';
import { gitEnv, tempDir, tempRepo, writeFiles } from '../support/temp.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A configuration with these keys of `llmOps.ragPolicy`. */
export function config(ragPolicy: object = {}): string {
  return JSON.stringify({ version: '1.1', project: { name: 'shop' }, llmOps: { ragPolicy } });
}

/** A project outside git. */
export function folder(files: Files, ragPolicy: object = {}): string {
  const root = tempDir();
  writeFiles(root, { 'backlog.config.json': config(ragPolicy), ...files });
  return root;
}

/** A project that is a repository, everything committed. */
export function repo(files: Readonly<Record<string, string>>, ragPolicy: object = {}): string {
  return tempRepo({ 'backlog.config.json': config(ragPolicy), '.gitignore': '.backlog-ops/\n', ...files });
}

export function worldOf(root: string): SourceWorld {
  const paths = requireProject(root);
  return { paths, config: loadConfig(paths, root).config, env: gitEnv() };
}

export const indexAt = (root: string): string => path.join(root, '.backlog-ops/cache/index/code.idx');
