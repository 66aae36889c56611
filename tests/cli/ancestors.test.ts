import { spawn } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { id, linted } from '../gates/support/journey.ts';
import { backlogBin } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';

const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script');

/** Runs a script that has a terminal made, types y into it, and waives a gate there with no variable of the client's. */
async function waiveBy(name: string, root: string): Promise<string> {
  const folder = tempDir();
  const waive = `env -u CLAUDECODE -u CLAUDE_CODE_SESSION_ID ${backlogBin} gate waive review --ticket ${id} --reason hurry`;
  writeFiles(folder, {
    [name]: `#!/bin/sh\n(sleep 1; printf 'y\\r'; sleep 1) | /usr/bin/script -qec '${waive}' /dev/null\n`,
  });
  const program = path.join(folder, name);
  chmodSync(program, 0o755);
  const child = spawn(program, { cwd: root, env: { ...gitEnv(), HOME: folder, TERM: 'xterm' } });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return shown;
}

it.skipIf(!hasTerminal)('a terminal that Claude Code has made is no person', async () => {
  const root = await linted();
  expect(await waiveBy('claude', root)).toContain('only a person may decide this');
});

it.skipIf(!hasTerminal)('a terminal of anybody else is one', async () => {
  const root = await linted();
  expect(await waiveBy('my-terminal', root)).toContain('gate review waived');
});
