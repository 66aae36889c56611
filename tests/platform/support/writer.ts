// A child process that writes in a loop and kills itself, as `kill -9` would, at its n-th call that changes the disk: in the
// middle of the bytes when that call is a write. Bundled and started by kill.test.ts.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const [folder = '', killAt = '0'] = process.argv.slice(2);
const changing = [
  'openSync',
  'fchmodSync',
  'writeSync',
  'writeFileSync',
  'fsyncSync',
  'closeSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'rmSync',
  'mkdirSync',
] as const;
let calls = 0;
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment; nothing more may be written in it.
  for (;;);
};
const { writeSync } = fs;
for (const name of changing) {
  const real: unknown = fs[name];
  if (typeof real !== 'function') throw new Error(name);
  Reflect.set(fs, name, (...args: unknown[]): unknown => {
    calls += 1;
    if (calls === Number(killAt)) {
      const [handle, bytes] = args;
      if (name === 'writeSync' && typeof handle === 'number' && bytes instanceof Uint8Array)
        writeSync(handle, bytes.subarray(0, Math.floor(bytes.length / 2)));
      die();
    }
    return Reflect.apply(real, fs, args);
  });
}
syncBuiltinESMExports();

const { appendLine, readTextIfExists, writeFileAtomic } = await import('../../../src/platform/files.ts');
const { withLock } = await import('../../../src/platform/lock.ts');

const counter = path.join(folder, 'counter');
/** Tells the parent, past our own counting, what is safely done. */
const done = (what: string): void => void writeSync(1, `${what}\n`);

for (let round = 1; ; round += 1) {
  writeFileAtomic(path.join(folder, 'atomic'), content(round));
  done(`atomic ${round}`);
  appendLine(path.join(folder, 'log'), `line ${round} ${'x'.repeat(500)} end`);
  done(`append ${round}`);
  await withLock(path.join(folder, 'locks', 'counter.lock'), () => {
    writeFileAtomic(counter, String(Number(readTextIfExists(counter) ?? '0') + 1));
  });
  done(`locked ${round}`);
}

function content(round: number): string {
  return `${round}\n${String(round).repeat(20_000)}\nend of ${round}\n`;
}
