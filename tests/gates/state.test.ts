import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrateState, STATE_FILE } from '../../src/gates/state.ts';
import { stateDefaults, upgradeState } from '../../src/gates/state-schema.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { project } from './support/project.ts';

const clock = () => new Date('2026-11-21T04:13:00.000Z');
const migrate = (folder: string) => migrateState(folder, path.join(folder, '.claude/state.lock'), clock);
const read = (folder: string, name = STATE_FILE) => readFileSync(path.join(folder, name), 'utf8');
const parsed = (folder: string) => JSON.parse(read(folder));

describe('state migrate', () => {
  it('creates every key of 6.1 in a folder that has nothing', async () => {
    const folder = tempDir();
    expect(await migrate(folder)).toMatchObject({ what: 'created', version: '6.1', setAside: undefined });
    expect(parsed(folder)).toEqual(stateDefaults);
    expect(Object.keys(parsed(folder).stats.localModelStats)).toEqual([
      'totalAttempts',
      'successCount',
      'escalatedToCloud',
      'failuresByType',
      'avgQualityScore',
    ]);
    for (const queue of ['investigationQueue', 'failedTickets', 'lintBlockedTickets', 'completedThisSession'])
      expect(parsed(folder)[queue]).toEqual([]);
    expect(readdirSync(path.join(folder, '.claude'))).toEqual(['implementer-state.json']);
  });

  it('brings 6.0 to 6.1 and keeps values and unknown keys', async () => {
    const folder = tempDir();
    const old = {
      version: '6.0',
      mine: { deep: [1] },
      stats: { totalCommits: 7, own: 'x', agentRoutingStats: { frontend: 2, rust: 4 } },
      failedTickets: ['BUG-001'],
    };
    writeFiles(folder, { [STATE_FILE]: JSON.stringify(old) });
    expect(await migrate(folder)).toMatchObject({ what: 'upgraded', version: '6.1' });
    expect(parsed(folder)).toMatchObject({ ...old, version: '6.1' });
    expect(parsed(folder).stats.localModelStats.totalAttempts).toBe(0);
  });

  it.each(['6.2', '6.3'])('completes the keys of %s without lowering it', async (version) => {
    const folder = tempDir();
    writeFiles(folder, { [STATE_FILE]: JSON.stringify({ version, stats: { fastPathTickets: 3 } }) });
    await migrate(folder);
    expect(parsed(folder)).toMatchObject({ version, stats: { fastPathTickets: 3, totalCommits: 0 } });
  });

  it('leaves a later main version as it is, byte for byte', async () => {
    const folder = tempDir();
    const text = '{"version":"7.0","stats":[]}';
    writeFiles(folder, { [STATE_FILE]: text });
    expect(await migrate(folder)).toMatchObject({ what: 'unchanged', version: '7.0' });
    expect(read(folder)).toBe(text);
  });

  it.each([
    ['cut short', '{"version":"6.0","stats"'],
    ['empty', ''],
    ['a list', '[]'],
  ])('sets a file aside that is %s, twice under two names', async (_what, text) => {
    const folder = tempDir();
    for (const name of ['corrupt-2026-11-21T04-13-00.000Z', 'corrupt-2026-11-21T04-13-00.000Z-1']) {
      writeFiles(folder, { [STATE_FILE]: text });
      const done = await migrate(folder);
      expect(done.setAside).toBe(path.join(folder, `${STATE_FILE}.${name}`));
      expect(read(folder, `${STATE_FILE}.${name}`)).toBe(text);
      expect(parsed(folder)).toEqual(stateDefaults);
    }
  });

  it('keeps the whole old file when a key has a value of the wrong kind', async () => {
    const folder = tempDir();
    const text = JSON.stringify({ version: '6.1', failedTickets: 'BUG-001', mine: 1 });
    writeFiles(folder, { [STATE_FILE]: text });
    const done = await migrate(folder);
    expect(done.replaced).toEqual(['failedTickets']);
    expect(readFileSync(done.setAside ?? '', 'utf8')).toBe(text);
    expect(parsed(folder)).toMatchObject({ failedTickets: [], mine: 1 });
  });

  it('does nothing the second time, and loses no key whatever was there', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (state) => {
        const once = upgradeState(state);
        expect(upgradeState(once.fields)).toEqual({ fields: once.fields, added: [], replaced: [] });
        for (const key of Object.keys(state)) expect(Object.keys(once.fields)).toContain(key);
        for (const [key, value] of Object.entries(state))
          if (!Object.hasOwn(stateDefaults, key))
            expect(Object.entries(once.fields)).toContainEqual([key, value]);
      }),
    );
  });

  it('answers from any folder by both names, and shows what is there', async () => {
    const folder = tempDir();
    expect(await backlog(['state', 'show'], { cwd: folder })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('`backlog state migrate` creates it'),
    });
    expect(await backlog(['migrate-state'], { cwd: folder })).toMatchObject({
      exitCode: 0,
      stdout: 'State ready: .claude/implementer-state.json\n',
    });
    expect(jsonOf(await backlog(['state', 'show', '--json'], { cwd: folder }))).toMatchObject({
      schemaVersion: 1,
      state: { version: '6.1' },
    });
    writeFiles(folder, { [STATE_FILE]: '{' });
    expect((await backlog(['state', 'migrate'], { cwd: folder })).stderr).toContain('.corrupt-');
  });

  it('writes to the root of a project from a folder below it', async () => {
    const root = project();
    await backlog(['state', 'migrate'], { cwd: path.join(root, 'src') });
    expect(parsed(root).version).toBe('6.1');
  });
});
