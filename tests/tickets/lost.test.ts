import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitIn } from '../support/temp.ts';
import { pending, project, text } from './support.ts';

const preload = `--require=${path.join(import.meta.dirname, 'after-reading.cjs')}`;
const name = 'FEAT-002-x.md';

function tickets(count: number): Record<string, string> {
  const ids = Array.from({ length: count }, (_, at) => `FEAT-${String(at + 1).padStart(3, '0')}`);
  return Object.fromEntries(ids.map((id) => [pending(`${id}-x.md`), text(id)]));
}

/** Checks while somebody does something to FEAT-002 between the listing and the checks. */
async function checked(
  command: readonly string[],
  count: number,
  somebody: Readonly<Record<string, string>>,
) {
  const { root } = project(tickets(count));
  const done = await backlog([...command, '--json'], {
    cwd: root,
    env: { NODE_OPTIONS: preload, BACKLOG_TEST_FILE: name, ...somebody },
  });
  return { ...done, document: jsonOf(done) };
}

/** Of more than 2,000 tickets the deep checks read each again when it is needed. */
const calls = [
  ['ticket validate --all', 3],
  ['ticket validate --deep', 2_001],
  ['refine', 2_001],
] as const;

describe.each(calls)('%s of %i tickets', (command, count) => {
  it('names a ticket that breaks between listing and reading', async () => {
    const done = await checked(command.split(' '), count, { BACKLOG_TEST_TEXT: 'no front matter' });
    expect(done.exitCode).toBe(3);
    expect(done.document).toMatchObject({
      checked: count - 1,
      broken: [{ file: expect.stringContaining(name), line: 1, message: expect.stringContaining(name) }],
    });
  });

  it('says of a ticket that goes meanwhile that it was not checked', async () => {
    const done = await checked(command.split(' '), count, {});
    expect([done.exitCode, done.document.checked, done.document.broken]).toEqual([1, count - 1, []]);
    expect(done.stderr).toMatch(
      /note: backlog\/data\/pending\/FEAT-002-x\.md has gone .*and was not checked/,
    );
  });
});

/** Each says in its own words what has not become of the ticket. */
const others = [
  ['compared', ['ticket', 'duplicates'], 3],
  ['planned', ['wave', 'plan'], 3],
  ['looked through', ['ticket', 'references'], 2_001],
] as const;

describe.each(others)('a ticket that was not %s', (what, args, count) => {
  const call = async (somebody: Readonly<Record<string, string>>) => {
    const { root } = project(tickets(count));
    // `references` asks git what has moved.
    gitIn(root, 'init', '-q');
    const env = { NODE_OPTIONS: preload, BACKLOG_TEST_FILE: name, ...somebody };
    return backlog([...args, '--json'], { cwd: root, env });
  };

  it(`is named by ${args.join(' ')} when it breaks between listing and reading`, async () => {
    const done = await call({ BACKLOG_TEST_TEXT: 'no front matter' });
    expect(done.exitCode).toBe(3);
    expect(jsonOf(done)).toMatchObject({ broken: [{ file: expect.stringContaining(name), line: 1 }] });
  });

  it(`is named by ${args.join(' ')} when it goes meanwhile`, async () => {
    const done = await call({});
    expect(jsonOf(done)).toMatchObject({ broken: [] });
    expect(done.stderr).toContain(`${name} has gone since the tickets were listed, and was not ${what}`);
  });
});

it('an exported ticket that breaks between listing and reading is no export', async () => {
  const { root } = project({ [pending(name)]: text('FEAT-002') });
  const env = { NODE_OPTIONS: preload, BACKLOG_TEST_FILE: name, BACKLOG_TEST_TEXT: 'no front matter' };
  const done = await backlog(['ticket', 'export', 'FEAT-002', '--to', 'json', '--json'], { cwd: root, env });
  expect(done.exitCode).toBe(3);
  expect(jsonOf(done)).toMatchObject({ count: 0, broken: [{ file: expect.stringContaining(name) }] });
});
