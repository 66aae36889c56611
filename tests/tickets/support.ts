import path from 'node:path';
import { parseConfig } from '../../src/project/config.ts';
import { type ProjectPaths, requireProject } from '../../src/project/paths.ts';
import { tempDir, tempRepo, writeFiles } from '../support/temp.ts';

const configText = JSON.stringify({
  version: '1.1',
  project: { name: 'sample' },
  backlog: { dataDir: 'backlog/data', templatesDir: 'backlog/templates', ticketPrefixes: ['FEAT', 'BUG'] },
  qualityGates: { lintCommand: 'true', testCommand: 'true', typeCheckCommand: 'true' },
  codeRules: { source: '.claude/code-rules.md' },
  ticketValidation: {},
});

export const config = parseConfig(configText, 'backlog.config.json').config;

/** A project in a temp folder; `git`: with everything committed. */
export function project(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  { git = false } = {},
): ProjectPaths {
  const all = { 'backlog.config.json': configText, '.gitignore': '.backlog-ops/\n', ...files };
  if (git) return requireProject(tempRepo(all));
  const root = tempDir();
  writeFiles(root, all);
  return requireProject(root);
}

export function pending(name: string): string {
  return path.posix.join('backlog/data/pending', name);
}

export function completed(name: string): string {
  return path.posix.join('backlog/data/completed', name);
}

export function text(id: string, more = 'status: pending'): string {
  return `---\nid: ${id}\ntitle: Title of ${id}\n${more}\n---\n\n## History\n\n| Date | Change | Author |\n|---|---|---|\n`;
}
