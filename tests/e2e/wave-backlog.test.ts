import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needsClient } from './support/client.ts';
import { busyUser, expectEnd, openDepot } from './support/depot.ts';
import { endOf, makeSandbox, type Sandbox } from './support/session.ts';
import { WaveLeader } from './support/wave-leader.ts';
import { killPoints, playWaves, SESSION_MS } from './support/waves-played.ts';

describe('a backlog of twelve tickets in waves, in the real client', () => {
  let sandbox: Sandbox;

  beforeEach(needsClient);
  beforeAll(async () => {
    sandbox = await makeSandbox();
  });
  afterAll(() => sandbox?.remove());

  const kills = killPoints(3);
  it(
    `reaches its end state, killed after ${kills.join(', ')} events and taken up again`,
    async () => {
      const parts = await openDepot(sandbox);
      const users = busyUser(sandbox);
      const played = await playWaves(sandbox, new WaveLeader(parts), kills);
      expect(played.problems, endOf(played.run)).toEqual([]);
      await expectEnd(sandbox, users);
    },
    4 * SESSION_MS,
  );
});
