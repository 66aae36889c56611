// The index over this program's own sources, beside a Node script that reads the same files.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measure, peakMemory } from './measure.mjs';

/**
 * @param {{ root: string, sandbox: string, env: NodeJS.ProcessEnv }} place
 * @returns {{ rows: ReturnType<typeof measure>[], peak: number }}
 */
export function retrievalFigures({ root, sandbox, env }) {
  const project = path.join(sandbox, 'indexed');
  mkdirSync(project, { recursive: true });
  cpSync(path.join(root, 'src'), path.join(project, 'src'), { recursive: true });
  writeFileSync(
    path.join(project, 'backlog.config.json'),
    JSON.stringify({ version: '1.0', project: { name: 'indexed' } }),
  );
  const script = path.join(sandbox, 'read-all.mjs');
  writeFileSync(
    script,
    `import { readdirSync, readFileSync, statSync } from 'node:fs';
for (const name of readdirSync('src', { recursive: true })) {
  const file = 'src/' + name;
  if (statSync(file).isFile()) readFileSync(file, 'utf8');
}`,
  );
  const floor = { command: ['node', script], cwd: project, env };
  /** @param {string[]} args */
  const ours = (...args) => ({
    command: [path.join(root, 'bin/backlog'), 'index', ...args],
    cwd: project,
    env,
  });
  const question = 'where is a budget checked before a request is sent';
  /** @param {string} name @param {ReturnType<typeof ours>} what @param {number} limit */
  const row = (name, what, limit) =>
    measure({ name, what, floorName: 'node reads all files', floor, limit, runs: 7 });
  const rows = [
    row('index build, this program', ours('build'), 12),
    row('index update, nothing has changed', ours('update'), 5),
    row('index query', ours('query', question), 5),
  ];
  const main = path.join(root, 'dist/main.cjs');
  const peak = peakMemory(
    { command: ['node', main, 'index', 'query', question], cwd: project, env },
    path.join(sandbox, 'peak'),
  );
  return { rows, peak };
}
