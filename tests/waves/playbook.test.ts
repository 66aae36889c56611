import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tagFor } from '../../src/waves/micro-reflect.ts';
import { bulletsIn, playbookStats, selectBullets } from '../../src/waves/playbook.ts';
import { addBullet, pruneBullets, tagBullet } from '../../src/waves/playbook-edit.ts';
import { PLAYBOOK_FILE } from '../../src/waves/playbook-file.ts';
import { openUses } from '../../src/waves/playbook-uses.ts';
import { project } from '../gates/support/project.ts';
import { backlog, jsonOf } from '../support/cli.ts';

const playbook = `# What we have learnt

Some words of our own.

## Strategies & Insights

[strat-00001] helpful=6 harmful=1 :: Write the failing test first
- [strat-00004] helpful=1 harmful=1 :: Keep the basket small

## Common Mistakes

[err-00001] helpful=0 harmful=0 :: Prices are in cents
[err-00002] helpful=2 harmful=5 :: Round early

## Archived

[err-00009] helpful=0 harmful=9 :: Old advice

## Ours

\`[x] no bullet\`
`;

const ids = (type: string, words: readonly string[] = [], limit = 10) =>
  selectBullets(playbook, { type, words, limit }).map(({ id }) => id);

describe('the playbook', () => {
  it('is counted', () => {
    expect(playbookStats(playbook)).toEqual({
      total: 4,
      high_performing: 1,
      problematic: 2,
      unused: 1,
      archived: 1,
      by_section: { 'Strategies & Insights': 2, 'Common Mistakes': 2, Archived: 1 },
    });
  });

  it("gives the section of the ticket's type first, then by share of help; never the archive, nor what does harm", () => {
    expect(ids('FEAT')).toEqual(['strat-00001', 'strat-00004', 'err-00001']);
    expect(ids('BUG')).toEqual(['err-00001', 'strat-00001', 'strat-00004']);
    expect(ids('OPS', [], 1)).toEqual(['strat-00001']);
    const equal =
      '## Cost Patterns\n[cost-00001] helpful=0 harmful=0 :: a\n[cost-00002] helpful=0 harmful=0 :: basket\n';
    expect(
      selectBullets(equal, { type: 'FEAT', words: ['src/basket.js'], limit: 1 }).map(({ id }) => id),
    ).toEqual(['cost-00002']);
  });

  it('takes advice in under the next number, and makes the section that is missing', () => {
    const first = addBullet(playbook, 'err', 'Never round twice');
    expect(first.id).toBe('err-00010');
    expect(first.playbook).toContain(
      'Round early\n[err-00010] helpful=0 harmful=0 :: Never round twice\n\n## Archived',
    );
    expect(addBullet(first.playbook, 'err', 'Never round twice')).toMatchObject({
      id: 'err-00010',
      added: false,
    });
    expect(addBullet('', 'rev', 'Look at removed lines').playbook).toBe(
      '# Playbook\n\n## Review Patterns\n\n[rev-00001] helpful=0 harmful=0 :: Look at removed lines\n',
    );
    expect(addBullet('# Mine', 'cost', 'a').playbook).toBe(
      '# Mine\n\n## Cost Patterns\n\n[cost-00001] helpful=0 harmful=0 :: a\n',
    );
  });

  it('changes one line when a bullet is tagged', () => {
    const tagged = tagBullet(playbook, 'strat-00004', 'harmful');
    expect(tagged).toBe(
      playbook.replace('[strat-00004] helpful=1 harmful=1', '[strat-00004] helpful=1 harmful=2'),
    );
    expect(tagBullet(playbook, 'strat-00004', 'neutral')).toBe(playbook);
    expect(tagBullet(playbook, 'strat-99999', 'helpful')).toBeUndefined();
  });

  it('archives what did more harm than good in more than five uses, with the reason', () => {
    const { playbook: pruned, archived } = pruneBullets(playbook);
    expect(archived.map(({ id }) => id)).toEqual(['err-00002']);
    expect(pruned).toContain(
      'Old advice\n[err-00002] helpful=2 harmful=5 :: Round early (archived: harmful 5 > helpful 2)\n',
    );
    expect(pruneBullets(pruned).playbook).toBe(pruned);
  });

  it('keeps every other byte, whatever line ends and text it has', () => {
    const line = fc.constantFrom(
      'text',
      '',
      '## Cost Patterns',
      '## Ours',
      '```',
      '[cost-00003] helpful=1 harmful=1 :: x',
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        const before = lines.join(end);
        const { playbook: after, id } = addBullet(before, 'cost', 'new advice');
        expect(after).toContain(`[${id}] helpful=0 harmful=0 :: new advice`);
        const kept = after.split(/\r?\n/).filter((one) => one !== '');
        const wanted = before.split(/\r?\n/).filter((one) => one !== '');
        for (const one of wanted) expect(kept).toContain(one);
        expect(kept.length - wanted.length).toBeLessThanOrEqual(3);
        if (end === '\r\n' && lines.length > 1) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
        expect(bulletsIn(after).length).toBeGreaterThanOrEqual(bulletsIn(before).length);
      }),
    );
  });
});

it.each([
  [{ completed: true, blocked: false, gatesFailed: false, escalated: true }, 'neutral'],
  [{ completed: true, blocked: false, gatesFailed: true, escalated: false }, 'neutral'],
  [{ completed: false, blocked: true, gatesFailed: true, escalated: false }, 'harmful'],
  [{ completed: true, blocked: false, gatesFailed: false, escalated: false }, 'helpful'],
  [{ completed: false, blocked: false, gatesFailed: true, escalated: false }, 'neutral'],
] as const)('%o tags what was given as %s', (outcome, tag) => {
  expect(tagFor(outcome)).toBe(tag);
});

it('is used by the program: selecting for a ticket is written down', async () => {
  const root = project({ files: { [PLAYBOOK_FILE]: playbook } });
  const call = async (...args: string[]) => backlog(['playbook', ...args, '--json'], { cwd: root });
  expect(jsonOf(await call('select', '--ticket', 'FEAT-001', '--limit', '1'))).toMatchObject({
    ticket_id: 'FEAT-001',
    type: 'FEAT',
    items: [{ id: 'strat-00001', text: 'Write the failing test first' }],
  });
  expect(openUses(path.join(root, '.backlog-ops'))).toEqual(new Map([['FEAT-001', ['strat-00001']]]));
  expect(jsonOf(await call('add', 'cost', 'Cache the prefix'))).toMatchObject({
    id: 'cost-00001',
    added: true,
  });
  expect(await call('tag', 'cost-00001', 'helpful')).toMatchObject({ exitCode: 0 });
  expect(await call('tag', 'cost-00002', 'helpful')).toMatchObject({ exitCode: 3 });
  expect(await call('tag', 'cost-00001', 'great')).toMatchObject({ exitCode: 2 });
  expect(await call('select')).toMatchObject({ exitCode: 2 });
  expect(jsonOf(await call('prune'))).toMatchObject({ archived: ['err-00002'] });
  expect(jsonOf(await call('stats'))).toMatchObject({ total: 4, archived: 2 });
  expect(readFileSync(path.join(root, PLAYBOOK_FILE), 'utf8')).toContain(
    '[cost-00001] helpful=1 harmful=0 :: Cache the prefix',
  );
});
