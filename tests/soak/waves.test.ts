import { expect, it } from 'vitest';
import { needsClient } from '../e2e/support/client.ts';
import { busyUser, expectEnd, openDepot } from '../e2e/support/depot.ts';
import { endOf, makeSandbox } from '../e2e/support/session.ts';
import { WaveLeader } from '../e2e/support/wave-leader.ts';
import { killPoints, playWaves, SESSION_MS } from '../e2e/support/waves-played.ts';

const runs = Array.from({ length: 20 }, () => killPoints(1));

it.each(runs)(
  'a backlog in waves, killed after %d events and taken up again',
  async (...kills) => {
    const sandbox = await makeSandbox();
    try {
      const parts = await openDepot(sandbox);
      const users = busyUser(sandbox);
      const played = await playWaves(sandbox, new WaveLeader(parts), kills);
      expect(played.problems, endOf(played.run)).toEqual([]);
      await expectEnd(sandbox, users);
    } finally {
      await sandbox.remove();
    }
  },
  2 * SESSION_MS,
);

it('has a client to play with', (test) => needsClient(test));
