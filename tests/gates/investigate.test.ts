import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { backlog } from '../support/cli.ts';
import { project, ticketPath, ticketText } from './support/project.ts';

const id = 'FEAT-001';
const call = (root: string, args: readonly string[], input = '', inside = true) =>
  backlog(args, { cwd: root, input, ...(inside ? { env: { CLAUDECODE: '1' } } : {}) });
const investigate = (root: string, args: readonly string[], input = '') =>
  call(root, ['ticket', 'investigate', id, ...args, '--json'], input);
const textOf = (root: string) => readFileSync(path.join(root, ticketPath()), 'utf8');
const open = (root: string) => investigate(root, ['--open', '--reason', 'gross or\nnet prices?']);

describe('ticket investigate', () => {
  it('takes an unclear ticket out of the queue, and brings it back with what was found', async () => {
    const root = project();
    const opened = await open(root);
    expect([opened.exitCode, JSON.parse(opened.stdout)]).toMatchObject([
      0,
      { id, status: 'needs-investigation' },
    ]);
    const overview = JSON.parse((await call(root, ['--json'])).stdout);
    expect(overview).toMatchObject({
      ready: [],
      needs_investigation: [{ id, question: 'gross or net prices?' }],
      next: expect.stringContaining(`ticket show ${id}`),
    });
    expect((await call(root, [])).stdout).toContain('to investigate (1)\n  FEAT-001  gross or net prices?');
    expect(await call(root, ['ticket', 'start', id], '', false)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('needs an investigation first: gross or net prices?'),
    });

    const before = textOf(root);
    const closed = await investigate(
      root,
      ['--from', '-'],
      '## Investigation\n\nNet prices, see `src/basket.js`.\n',
    );
    expect([closed.exitCode, JSON.parse(closed.stdout)]).toMatchObject([
      0,
      { id, status: 'ready-to-implement' },
    ]);
    const after = textOf(root);
    expect(after).toContain('## Investigation\n\nNet prices, see `src/basket.js`.\n\n## History');
    expect(after).toMatch(/\| Investigated: ready-to-implement \|/);
    // All else stays as it was, byte for byte.
    const rest = after
      .replace('## Investigation\n\nNet prices, see `src/basket.js`.\n\n', '')
      .replace('status: ready-to-implement', 'status: needs-investigation')
      .replace(/\| [-\d]+ \| Investigated: .*\n/, '');
    expect(rest).toBe(before);
    expect(JSON.parse((await call(root, ['--json'])).stdout).ready).toMatchObject([{ id }]);
    expect(await call(root, ['ticket', 'start', id], '', false)).toMatchObject({ exitCode: 0 });
  });

  it('keeps what an earlier investigation found', async () => {
    const root = project();
    await open(root);
    await investigate(root, ['--from', '-'], 'one\n');
    await open(root);
    await investigate(root, ['--from', '-'], 'two\n');
    expect(textOf(root)).toContain('## Investigation\n\ntwo\n\n### Earlier\n\none\n');
  });

  it.each<[string, string[], string, number, string]>([
    ['neither word', [], '', 2, 'usage'],
    ['both words', ['--open', '--reason', 'x', '--from', '-'], 'x', 2, 'usage'],
    ['no question', ['--open'], '', 2, 'reason-missing'],
    ['a blank question', ['--open', '--reason', ' '], '', 2, 'reason-missing'],
    ['findings that nobody asked for', ['--from', '-'], 'found\n', 1, 'investigation-unasked'],
  ])('changes nothing with %s', async (_what, args, input, exitCode, code) => {
    const root = project();
    const done = await investigate(root, args, input);
    expect([done.exitCode, JSON.parse(done.stdout).error.code]).toEqual([exitCode, code]);
    expect(textOf(root)).toBe(ticketText());
  });

  it.each([
    ['nothing', ' \n', 2, 'investigation-empty'],
    ['only its heading', '## Investigation\n', 2, 'investigation-empty'],
    ['another section', 'found\n\n## Acceptance Criteria\n\n- [x] AC-1: none\n', 1, 'ticket-section-breaks'],
  ])('changes nothing when what was found is %s', async (_what, input, exitCode, code) => {
    const root = project();
    await open(root);
    const before = textOf(root);
    const done = await investigate(root, ['--from', '-'], input);
    expect([done.exitCode, JSON.parse(done.stdout).error.code]).toEqual([exitCode, code]);
    expect(textOf(root)).toBe(before);
  });

  it.each(['review-blocked', 'lint-blocked', 'commit-blocked'])(
    'does not take a %s ticket up again',
    async (status) => {
      const root = project({ ticket: { status } });
      expect(JSON.parse((await open(root)).stdout).error.code).toBe('person-needed');
      expect(textOf(root)).toBe(ticketText({ status }));
      const { blocked } = JSON.parse((await call(root, ['--json'])).stdout);
      expect(blocked).toMatchObject([
        { id, reasons: [expect.stringContaining('ticket move FEAT-001 in_progress')] },
      ]);
    },
  );
});
