import { repositoryRoot } from '../../support/cli.ts';
import { actors } from './actors.ts';
import { type Played, playSession, type Sandbox } from './session.ts';
import type { WaveLeader } from './wave-leader.ts';

/** A session may take so long, in ms: twelve tickets, each with its gates on two trees. */
export const SESSION_MS = 900_000;

/** Events of a session after which it is killed: from its first calls to the middle of its second wave. */
const [FIRST_EVENT, LAST_EVENT] = [8, 160];

/**
 * Plays sessions of `/backlog-toolkit:implementer` until one comes to its end, the first ones killed.
 * @param kills after how many events each of them gets SIGKILL; see {@link killPoints}
 * @returns the session that came to its end
 */
export async function playWaves(
  sandbox: Sandbox,
  leader: WaveLeader,
  kills: readonly number[] = [],
): Promise<Played> {
  for (const point of kills) {
    const killed = await playOne(sandbox, leader, point);
    // It ended before its time came: there was little left to do.
    if (killed.run.exitCode !== null) return killed;
  }
  return playOne(sandbox, leader, undefined);
}

function playOne(sandbox: Sandbox, leader: WaveLeader, killAfter: number | undefined): Promise<Played> {
  let events = 0;
  return playSession(sandbox, {
    prompt: '/backlog-toolkit:implementer',
    story: actors({ main: () => leader.lead(), agent: (prompt) => leader.cast(prompt) }),
    pluginDir: repositoryRoot,
    args: ['--permission-mode', 'acceptEdits'],
    timeoutMs: SESSION_MS,
    onEvent: (_event, pid) => {
      events += 1;
      if (events === killAfter) process.kill(pid, 'SIGKILL');
    },
  });
}

/** Random points, printed by the test so that a failure can be played again. */
export function killPoints(count: number, random: () => number = Math.random): number[] {
  return Array.from({ length: count }, () => Math.round(FIRST_EVENT + random() * (LAST_EVENT - FIRST_EVENT)));
}
