import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { backlog, jsonOf } from '../support/cli.ts';
import { pending, project, text } from './support.ts';

const preload = `--require=${path.join(import.meta.dirname, 'after-reading.cjs')}`;
const name = 'FEAT-002-x.md';

/** Validates while somebody does something to FEAT-002 between the listing and the checks. */
async function validated(option: string, count: number, somebody: Readonly<Record<string, string>>) {
  const ids = Array.from({ length: count }, (_, at) => `FEAT-${String(at + 1).padStart(3, '0')}`);
  const { root } = project(Object.fromEntries(ids.map((id) => [pending(`${id}-x.md`), text(id)])));
  const done = await backlog(['ticket', 'validate', option, '--json'], {
    cwd: root,
    env: { NODE_OPTIONS: preload, BACKLOG_TEST_FILE: name, ...somebody },
  });
  return { ...done, document: jsonOf(done) };
}

/** Of more than 2,000 tickets the deep checks read each again when it is needed. */
const calls = [
  ['--all', 3],
  ['--deep', 2_001],
] as const;

describe.each(calls)('ticket validate %s of %i tickets', (option, count) => {
  it('names a ticket that breaks between listing and reading', async () => {
    const done = await validated(option, count, { BACKLOG_TEST_TEXT: 'no front matter' });
    expect(done.exitCode).toBe(3);
    expect(done.document).toMatchObject({
      checked: count - 1,
      broken: [{ file: expect.stringContaining(name), line: 1, message: expect.stringContaining(name) }],
    });
  });

  it('says of a ticket that goes meanwhile that it was not checked', async () => {
    const done = await validated(option, count, {});
    expect([done.exitCode, done.document.checked, done.document.broken]).toEqual([1, count - 1, []]);
    expect(done.stderr).toMatch(
      /note: backlog\/data\/pending\/FEAT-002-x\.md has gone .*and was not checked/,
    );
  });
});
