import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { STATE_FILE } from '../../src/gates/state.ts';
import { changeState, count, countedAs } from '../../src/gates/state-change.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const clock = () => new Date('2026-11-21T04:13:00.000Z');
const placeOf = (folder: string) => ({ folder, lockFile: path.join(folder, '.ops/state.lock') });
const parsed = (folder: string) => JSON.parse(readFileSync(path.join(folder, STATE_FILE), 'utf8'));

describe('a change of the state', () => {
  it('keeps what it does not know, and totals that somebody else has counted', async () => {
    const folder = tempDir();
    const old = {
      version: '6.0',
      mine: [1],
      stats: { totalCommits: 7, own: 'x', ticketsByType: { FEAT: 3 } },
    };
    writeFiles(folder, { [STATE_FILE]: JSON.stringify(old) });
    const done = await changeState(placeOf(folder), clock, (state) =>
      count(state, 'ticket:FEAT-009', { totalCommits: 1, 'ticketsByType.FEAT': 1, 'ticketsByType.SEC': 1 }),
    );
    expect(done).toMatchObject({ changed: true, warning: undefined });
    expect(parsed(folder)).toMatchObject({
      version: '6.1',
      mine: [1],
      lastRunTimestamp: '2026-11-21T04:13:00.000Z',
      stats: { totalCommits: 8, own: 'x', ticketsByType: { FEAT: 4, SEC: 1 } },
    });
  });

  it('counts a thing once, and anew when its numbers have changed', async () => {
    const folder = tempDir();
    const add = (numbers: Readonly<Record<string, number>>) =>
      changeState(placeOf(folder), clock, (state) => count(state, 'ticket:A-1', numbers));
    await add({ totalCostUsd: 0.1, totalReviewRounds: 2 });
    expect(await add({ totalCostUsd: 0.1, totalReviewRounds: 2 })).toMatchObject({ changed: false });
    await add({ totalCostUsd: 0.3 });
    await changeState(placeOf(folder), clock, (state) => count(state, 'ticket:A-2', { totalCostUsd: 0.2 }));
    expect(parsed(folder).stats).toMatchObject({ totalCostUsd: 0.5, totalReviewRounds: 0 });
    expect(countedAs(parsed(folder), 'ticket:A-1')).toEqual({ totalCostUsd: 0.3 });
    expect(countedAs(parsed(folder), 'toString')).toBeUndefined();
  });

  it('loses nothing when many change it at once', async () => {
    const folder = tempDir();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        changeState(placeOf(folder), clock, (state) =>
          count(state, `ticket:A-${index}`, { totalCommits: 1 }),
        ),
      ),
    );
    expect(parsed(folder).stats.totalCommits).toBe(20);
  });

  it('sets a broken file aside, and leaves a later version alone', async () => {
    const folder = tempDir();
    writeFiles(folder, { [STATE_FILE]: '{"stats": ' });
    const done = await changeState(placeOf(folder), clock, (state) => count(state, 'x', { totalCommits: 1 }));
    const aside = readdirSync(path.join(folder, '.claude')).find((name) => name.includes('corrupt'));
    expect(done.warning).toContain(aside);
    expect(readFileSync(path.join(folder, '.claude', aside ?? ''), 'utf8')).toBe('{"stats": ');
    expect(parsed(folder).stats.totalCommits).toBe(1);

    const later = tempDir();
    writeFiles(later, { [STATE_FILE]: '{"version":"7.0"}' });
    const untouched = await changeState(placeOf(later), clock, (state) => count(state, 'x', { a: 1 }));
    expect(untouched).toMatchObject({ changed: false, warning: expect.stringContaining('7.0') });
    expect(readFileSync(path.join(later, STATE_FILE), 'utf8')).toBe('{"version":"7.0"}');
  });
});
