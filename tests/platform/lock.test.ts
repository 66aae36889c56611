import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { withLock } from '../../src/platform/lock.ts';
import { self } from '../../src/platform/owner.ts';
import { tempDir } from '../support/temp.ts';

it('lets one in at a time, and leaves nothing behind', async () => {
  const file = path.join(tempDir(), 'locks', 'a.lock');
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, () =>
      withLock(file, async () => {
        most = Math.max(most, ++inside);
        await sleep(1);
        inside -= 1;
      }),
    ),
  );
  expect(most).toBe(1);
  expect(readdirSync(path.dirname(file))).toEqual([]);
});

it('gives the result of the work, and frees the lock when the work throws', async () => {
  const file = path.join(tempDir(), 'a.lock');
  await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withLock(file, () => 42)).resolves.toBe(42);
});

it('waits for a living owner and says who it is when time is up', async () => {
  const file = path.join(tempDir(), 'a.lock');
  await withLock(file, async () => {
    await expect(withLock(file, () => 0, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'lock-timeout',
      exitCode: 4,
      message: expect.stringContaining(String(process.pid)),
    });
  });
});

it.each([
  ['a process that is gone', { pid: 2 ** 22 + 1, started: '1' }],
  ['a number that was given to another process', { pid: process.pid, started: 'earlier' }],
])('takes over the lock of %s', async (_name, owner) => {
  const file = path.join(tempDir(), 'a.lock');
  writeFileSync(file, JSON.stringify({ ...owner, host: hostname(), token: 'old' }));
  await expect(withLock(file, () => 'mine', { timeoutMs: 2000 })).resolves.toBe('mine');
  expect(existsSync(file)).toBe(false);
});

it('takes over what is no lock of ours', async () => {
  const file = path.join(tempDir(), 'a.lock');
  writeFileSync(file, 'half a li');
  await expect(withLock(file, () => 'mine', { timeoutMs: 2000 })).resolves.toBe('mine');
});

it('leaves the lock of another machine alone, and says how to get rid of it', async () => {
  const file = path.join(tempDir(), 'a.lock');
  writeFileSync(file, JSON.stringify({ ...self(), pid: 1, host: 'elsewhere', token: 'theirs' }));
  await expect(withLock(file, () => 0, { timeoutMs: 20 })).rejects.toMatchObject({
    code: 'lock-timeout',
    fix: expect.stringContaining(`delete ${file}`),
  });
  expect(existsSync(file)).toBe(true);
});

it('gives a dead lock to exactly one of many that wait for it', async () => {
  const folder = tempDir();
  for (let round = 0; round < 20; round += 1) {
    const file = path.join(folder, `${round}.lock`);
    writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, started: '1', host: hostname(), token: 'old' }));
    let inside = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        withLock(file, async () => {
          expect(++inside).toBe(1);
          await sleep(0);
          inside -= 1;
        }),
      ),
    );
  }
  expect(readdirSync(folder)).toEqual([]);
});

it('says that a lock cannot be made, as an expected failure', async () => {
  const folder = tempDir();
  writeFileSync(path.join(folder, 'file'), '');
  await expect(withLock(path.join(folder, 'file', 'a.lock'), () => 0)).rejects.toMatchObject({
    code: 'file-write-failed',
    exitCode: 4,
  });
});

it.runIf(process.platform === 'linux')(
  'takes over from a process that has ended and is never reaped',
  async () => {
    const file = path.join(tempDir(), 'a.lock');
    // The shell starts a child, which ends; then it becomes a program that waits for nobody.
    const parent = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [first] = await once(parent.stdout, 'data');
    const pid = Number(String(first).trim());
    writeFileSync(file, JSON.stringify({ pid, started: 'unknown', host: hostname(), token: 'zombie' }));
    await expect(withLock(file, () => 'mine', { timeoutMs: 5000 })).resolves.toBe('mine');
  },
);
