import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendLine, readTextIfExists, writeFileAtomic } from '../../src/platform/files.ts';
import { withLock } from '../../src/platform/lock.ts';

const KILLS = 200;
const AT_ONCE = 4;

let scratch = '';
let writer = '';
beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'backlog-kill-'));
  writer = path.join(scratch, 'writer.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'support/writer.ts')],
    outfile: writer,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it(`kill -9 in the middle of every write, ${KILLS} times, leaves the old or the new content, never less`, async () => {
  const steps = Array.from({ length: KILLS }, (_, index) => index + 1);
  const worker = async (): Promise<void> => {
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) await killAndLook(step);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
});

async function killAndLook(step: number): Promise<void> {
  const folder = mkdtempSync(path.join(scratch, 'at-'));
  const { done, signal } = await runUntilKilled(folder, step);
  const at = `killed at call ${step}, after ${JSON.stringify(done)}`;
  expect(signal, at).toBe('SIGKILL');

  // A whole file replaced: what was done is there, or the next one, whole.
  const allowed = [done.atomic, done.atomic + 1].map((round) => (round === 0 ? undefined : content(round)));
  expect(allowed.includes(readTextIfExists(path.join(folder, 'atomic'))), at).toBe(true);

  // Lines appended: every one that was done is whole and in order; a torn last one does not swallow the next.
  const log = path.join(folder, 'log');
  appendLine(log, 'after the crash');
  const lines = readFileSync(log, 'utf8').split('\n');
  expect(lines.slice(0, done.append), at).toEqual(
    Array.from({ length: done.append }, (_, index) => line(index + 1)),
  );
  expect(lines.slice(-2), at).toEqual(['after the crash', '']);
  expect(lines.length - done.append, at).toBeLessThanOrEqual(3);

  // A read-modify-write under a lock: nothing is counted twice or lost, and the dead owner's lock is taken over.
  const counter = path.join(folder, 'counter');
  const counted = await withLock(path.join(folder, 'locks', 'counter.lock'), () => {
    const before = Number(readTextIfExists(counter) ?? '0');
    writeFileAtomic(counter, String(before + 1));
    return before;
  });
  expect([done.locked, done.locked + 1], at).toContain(counted);
  rmSync(folder, { recursive: true, force: true });
}

interface Done {
  atomic: number;
  append: number;
  locked: number;
}

function runUntilKilled(folder: string, step: number): Promise<{ done: Done; signal: string | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, folder, String(step)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      const last = (what: string): number =>
        Number([...said.matchAll(new RegExp(`^${what} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
      resolve({ done: { atomic: last('atomic'), append: last('append'), locked: last('locked') }, signal });
    });
  });
}

function content(round: number): string {
  return `${round}\n${String(round).repeat(20_000)}\nend of ${round}\n`;
}

function line(round: number): string {
  return `line ${round} ${'x'.repeat(500)} end`;
}
