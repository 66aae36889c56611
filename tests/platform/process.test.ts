import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isAlive } from '../../src/platform/owner.ts';
import { run, runUserCommand } from '../../src/platform/process.ts';
import { tempDir } from '../support/temp.ts';

const node = process.execPath;
const print = 'process.stdout.write(process.argv.slice(1).join("|"))';

it('keeps every byte of the output, a byte order mark too', async () => {
  const result = await run(node, ['-e', "process.stdout.write('\\ufeffabc')"], { cwd: tempDir() });
  expect(result.stdout).toBe('\ufeffabc');
});

it('passes arguments as they are: nothing is interpreted', async () => {
  const args = ['$(touch hacked)', '; touch hacked', '*', '"\'', ''];
  const cwd = tempDir();
  const result = await run(node, ['-e', print, ...args], { cwd });
  expect(result).toMatchObject({ exitCode: 0, stdout: args.join('|'), startFailure: undefined });
  expect(existsSync(path.join(cwd, 'hacked'))).toBe(false);
});

it('gives exit code, both outputs, and both in order', async () => {
  const result = await runUserCommand('echo one; echo two >&2; echo three; exit 3', { cwd: tempDir() });
  expect(result).toMatchObject({ exitCode: 3, stdout: 'one\nthree\n', stderr: 'two\n', timedOut: false });
  expect(result.all.split('\n').sort()).toEqual(['', 'one', 'three', 'two']);
});

it('hands in stdin, and an empty one when nothing is given', async () => {
  const cwd = tempDir();
  expect((await run('cat', [], { cwd, input: 'ä\n' })).stdout).toBe('ä\n');
  expect((await runUserCommand('cat', { cwd })).stdout).toBe('');
});

it('reads a long output to its end, whatever characters its pieces are cut in', async () => {
  const long = "const text = 'ä€😀'.repeat(300_000); process.stdout.write(text); process.stderr.write(text);";
  const { stdout, stderr, exitCode } = await run(node, ['-e', long], { cwd: tempDir() });
  expect(exitCode).toBe(0);
  for (const output of [stdout, stderr]) expect(output === 'ä€😀'.repeat(300_000)).toBe(true);
});

it('a timeout and a signal to stop end a program, and keep what it has printed', async () => {
  const forever = ['-e', "console.log('begun'); setInterval(() => {}, 1000)"];
  const late = await run(node, forever, { cwd: tempDir(), timeoutMs: 1_000 });
  expect(late).toMatchObject({ exitCode: null, timedOut: true, startFailure: undefined });
  const stopped = await run(node, forever, { cwd: tempDir(), signal: AbortSignal.timeout(5_000) });
  expect(stopped).toMatchObject({ exitCode: null, stdout: 'begun\n', startFailure: undefined });
});

it('gives the child the whole environment that was named, and no more', async () => {
  const result = await run(node, ['-e', 'process.stdout.write(JSON.stringify(process.env))'], {
    cwd: tempDir(),
    env: { ONLY: 'this' },
  });
  expect(JSON.parse(result.stdout)).toEqual({ ONLY: 'this' });
});

it.each([
  ['a program that is not there', 'no-such-program-here', '.'],
  ['a folder that is not there', node, 'missing'],
])('says of %s that it never ran', async (_name, file, folder) => {
  const result = await run(file, [], { cwd: path.join(tempDir(), folder) });
  expect(result.exitCode).toBeNull();
  expect(result.startFailure).toBeTruthy();
});

it('says of a folder that is not there that the command never ran', async () => {
  const result = await runUserCommand('true', { cwd: path.join(tempDir(), 'missing') });
  expect(result).toMatchObject({ exitCode: null, startFailure: expect.stringMatching(/./) });
});

it('a program that a signal ended has no exit code and did start', async () => {
  const result = await run(node, ['-e', 'process.kill(process.pid, "SIGKILL")'], { cwd: tempDir() });
  expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', startFailure: undefined });
});

const forks = `${JSON.stringify(node)} -e 'setInterval(() => {}, 1000)' & echo $!; wait`;

it('a timeout ends everything that a command has started, and the wait with it', async () => {
  const result = await runUserCommand(forks, { cwd: tempDir(), timeoutMs: 300 });
  expect(result).toMatchObject({ exitCode: null, timedOut: true, startFailure: undefined });
  expect(isAlive({ pid: Number(result.stdout), started: 'unknown' })).toBe(false);
});

it('a command that ignores being asked is ended by force', async () => {
  const stubborn = "trap '' TERM; while :; do sleep 0.1; done";
  const result = await runUserCommand(stubborn, { cwd: tempDir(), timeoutMs: 100 });
  expect(result).toMatchObject({ exitCode: null, timedOut: true });
});

it('a signal to stop does as well', async () => {
  const stop = new AbortController();
  const running = runUserCommand(forks, { cwd: tempDir(), signal: stop.signal });
  stop.abort();
  expect((await running).exitCode).toBeNull();
});

it('what a command leaves in the background neither lasts nor delays the answer', async () => {
  const result = await runUserCommand(forks.replace('wait', 'exit 5'), { cwd: tempDir() });
  expect(result).toMatchObject({ exitCode: 5, timedOut: false });
  expect(isAlive({ pid: Number(result.stdout), started: 'unknown' })).toBe(false);
});

it.skipIf(process.platform !== 'linux')(
  'nor does what has left its process group and holds the output',
  async () => {
    const command = `setsid ${JSON.stringify(node)} -e 'setTimeout(() => {}, 60_000)' & echo $!; sleep 0.5; exit 5`;
    const result = await runUserCommand(command, { cwd: tempDir() });
    onTestFinished(() => {
      process.kill(Number(result.stdout), 'SIGKILL');
    });
    expect(result).toMatchObject({ exitCode: 5, timedOut: false, stdout: expect.stringMatching(/^\d+\n$/) });
  },
  20_000,
);

/** A machine that is busy with other things takes its time. */
const patient = { timeout: 20_000, interval: 20 };

it.each([
  ['SIGTERM', '', null],
  ['SIGHUP', '', null],
  ['SIGINT', '', null],
  // As the CLI does: the command ends, and the program lives to answer.
  ['SIGINT', "process.once('SIGINT', () => {});", 7],
  ['SIGTERM', "process.once('SIGTERM', () => {});", 7],
  ['SIGHUP', "process.once('SIGTERM', () => {});", null],
] as const)(
  '%s to us reaches everything that a command has started (%s)',
  async (signal, prelude, exitCode) => {
    const folder = tempDir();
    const program = path.join(folder, 'program.mjs');
    const pidFile = path.join(folder, 'pid');
    await build({
      stdin: {
        contents: `import { runUserCommand } from './process.ts';
        ${prelude}
        await runUserCommand(${JSON.stringify(`${node} -e 'setInterval(() => {}, 1000)' & echo $! > pid; wait`)}, { cwd: '.' });
        process.exit(7);`,
        resolveDir: path.join(import.meta.dirname, '../../src/platform'),
      },
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
    const child = spawn(node, [program], { cwd: folder, stdio: 'ignore' });
    const pid = await vi.waitFor(() => {
      expect(readFileSync(pidFile, 'utf8')).toMatch(/\n/);
      return Number(readFileSync(pidFile, 'utf8'));
    }, patient);
    child.kill(signal);
    const [code, endedBy] = await once(child, 'exit');
    expect([code, endedBy]).toEqual([exitCode, exitCode === null ? signal : null]);
    await vi.waitFor(() => expect(isAlive({ pid, started: 'unknown' })).toBe(false), patient);
  },
);
