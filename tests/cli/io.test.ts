import { spawnSync } from 'node:child_process';
import { existsSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { forTerminal } from '../../src/cli/io.ts';
import { backlogBin } from '../support/cli.ts';
import { gitEnv, tempDir } from '../support/temp.ts';

describe('text on a terminal', () => {
  it.each([
    ['plain text, tabs and lines', 'a\tb\nc ü 日本', 'a\tb\nc ü 日本'],
    ['colours', '\u001b[31merror:\u001b[39m x', '\u001b[31merror:\u001b[39m x'],
    ['clearing and moving', 'a\u001b[2J\u001b[1;1Hb', 'a\ufffd[2J\ufffd[1;1Hb'],
    ['a title of the window', '\u001b]0;x\u0007', '\ufffd]0;x\ufffd'],
    ['the one-byte form of the same', '\u009b2J', '\ufffd2J'],
    ['CRLF', 'a\r\nb', 'a\nb'],
  ])('%s', (_name, text, shown) => expect(forTerminal(text)).toBe(shown));
});

describe('where nobody reads for a while', () => {
  // Node cannot make a pipe that refuses to wait, as terminals and supervisors hand them out.
  const python = 'python3';
  const fullPipe = `
import os, subprocess, sys, time
reader, writer = os.pipe()
os.set_blocking(writer, False)
filled = 0
try:
    while True: filled += os.write(writer, b'.' * 1024)
except BlockingIOError: pass
child = subprocess.Popen(sys.argv[1:], stdout=writer)
os.close(writer)
time.sleep(1)
waits = child.poll() is None
with os.fdopen(reader, 'rb') as pipe: said = pipe.read()[filled:]
print(waits, child.wait(), said.decode())`;

  it.skipIf(spawnSync(python, ['--version']).status !== 0)(
    'output waits in a full pipe, and comes whole',
    () => {
      const { stdout } = spawnSync(python, ['-c', fullPipe, backlogBin, 'ticket', 'new', '--from', 'help'], {
        cwd: tempDir(),
        env: gitEnv(),
        encoding: 'utf8',
      });
      const [waits, exitCode, ...form] = stdout.split(' ');
      expect([waits, exitCode]).toEqual(['True', '0']);
      expect(JSON.parse(form.join(' '))).toHaveProperty('title');
    },
  );
});

describe('where the output goes to a full disk', () => {
  it.skipIf(!existsSync('/dev/full'))('the exit code is 4, and one line says why', () => {
    const full = openSync('/dev/full', 'w');
    const at = (stdio: ('pipe' | number)[]) =>
      spawnSync(backlogBin, ['--help'], { cwd: tempDir(), env: gitEnv(), stdio, encoding: 'utf8' });
    const { status, stderr } = at(['pipe', full, 'pipe']);
    expect(stderr).toMatch(/^error: the output cannot be written: ENOSPC.*\nfix: .*\n$/);
    expect(status).toBe(4);
    expect(at(['pipe', full, full]).status).toBe(4);
  });

  it.skipIf(!existsSync('/dev/full'))('neither do more lines where it comes in pieces', async () => {
    const [cwd, env] = [tempDir(), gitEnv()];
    const run = (args: readonly string[], stdio: ('pipe' | number)[]) =>
      spawnSync(backlogBin, args, { cwd, env, stdio, encoding: 'utf8' });
    expect(run(['init', '--yes', '--name', 'x', '--stack', 'generic'], ['pipe', 'pipe', 'pipe']).status).toBe(
      0,
    );
    const body = 'word '.repeat(10_000);
    for (const number of [1, 2, 3, 4])
      writeFileSync(
        path.join(cwd, `backlog/data/pending/FEAT-00${number}-x.md`),
        `---\nid: FEAT-00${number}\ntitle: x\nstatus: pending\n---\n${body}\n`,
      );
    const { status, stderr } = run(
      ['ticket', 'export', '--to', 'json'],
      ['pipe', openSync('/dev/full', 'w'), 'pipe'],
    );
    expect(stderr).toMatch(/^error: the output cannot be written: ENOSPC.*\nfix: .*\n$/);
    expect(status).toBe(4);
  });
});
