import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitIn } from '../support/temp.ts';
import { actors } from './support/actors.ts';
import { needsClient } from './support/client.ts';
import { makeSandbox, playSession, type Sandbox } from './support/session.ts';
import { documentOf, shopWithTickets, ticketFile, workOn } from './support/shop.ts';
import { type Parts, WaveLeader } from './support/wave-leader.ts';

const works = ['bonus', 'levy', 'refund'].map(workOn);

describe('a backlog in waves, in the real client', () => {
  let sandbox: Sandbox;
  let ids: string[];
  let parts: Parts;

  beforeEach(needsClient);
  beforeAll(async () => {
    sandbox = await makeSandbox();
    ids = await shopWithTickets(sandbox, works);
    parts = Object.fromEntries(
      works.map((work, index) => [
        ids[index],
        { plan: work.plan, tries: [{ [work.testFile]: work.test, [work.codeFile]: work.code }] },
      ]),
    );
    writeFileSync(path.join(sandbox.project, 'notes.txt'), 'mine\n');
  });
  afterAll(() => sandbox?.remove());

  it('implements three tickets side by side and ends the wave', async () => {
    const leader = new WaveLeader(parts);
    const played = await playSession(sandbox, {
      prompt: '/backlog-toolkit:implementer',
      story: actors({ main: () => leader.lead(), agent: (prompt) => leader.cast(prompt) }),
      pluginDir: repositoryRoot,
      args: ['--permission-mode', 'acceptEdits'],
      timeoutMs: 240_000,
    });
    expect(played.problems).toEqual([]);
    for (const id of ids)
      expect(readFileSync(ticketFile(sandbox, 'completed', id) ?? '', 'utf8')).toMatch(
        /^status: completed$/m,
      );
    expect(readFileSync(path.join(sandbox.project, 'notes.txt'), 'utf8')).toBe('mine\n');
    expect(gitIn(sandbox.project, 'status', '--porcelain')).toBe('?? notes.txt');
    expect(await documentOf(sandbox, ['wave', 'status'])).toMatchObject({ wave: 1 });
  }, 300_000);
});
