import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { pathWithProgram } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

it('says so when the folder of the call is gone, as a worktree is after its wave', () => {
  const folder = path.join(tempDir(), 'gone');
  const script = `mkdir "$1" && cd "$1" && rmdir "$1" && backlog wave status --json 2>/dev/null; echo "exit $?"`;
  const printed = execFileSync('/bin/sh', ['-c', script, 'sh', folder], {
    env: { ...process.env, PATH: pathWithProgram },
    encoding: 'utf8',
  });
  expect(printed).toContain('"code":"folder-gone"');
  expect(printed).toContain('exit 3');
});
