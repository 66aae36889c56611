import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A fresh folder, removed when the test ends. */
export function tempDir(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'backlog-test-')));
  onTestFinished(() => remove(folder));
  return folder;
}

/** What a hook has left running may still write its last file: a folder that fills up again is emptied again. */
async function remove(folder: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === 50 || !(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY'))
        throw error;
      await sleep(100);
    }
  }
}

/** Writes files below `root`, folders included. */
export function writeFiles(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Runs git in a test repository, with an identity of its own and none of this machine's configuration. */
export function gitIn(folder: string, ...args: string[]): string {
  // Nothing here grows so old that git would have to tidy up: asking whether it has is a process more for each commit.
  return execFileSync('git', ['-c', 'maintenance.auto=false', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: gitEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trimEnd();
}

export function gitEnv(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    TMPDIR: tmpdir(),
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada Tester',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada Tester',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
}

/** A git repository with these files committed. */
export function tempRepo(
  files: Readonly<Record<string, string | Uint8Array>> = { 'README.md': '# sample\n' },
): string {
  const folder = tempDir();
  gitIn(folder, 'init', '-q', '-b', 'main');
  writeFiles(folder, files);
  gitIn(folder, 'add', '-A');
  gitIn(folder, 'commit', '-q', '-m', 'chore: start');
  return folder;
}
