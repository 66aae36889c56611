import type { GateCall } from '../gates/call.ts';
import { sendEvent } from '../gates/events.ts';
import { settleStatus } from '../gates/settle.ts';
import { changeState, count, statePlace } from '../gates/state-change.ts';
import { timestamp } from '../platform/clock.ts';

/** The state and `events.command` hear of a new wave. */
export async function recordWaveStart(
  call: GateCall,
  { wave, tickets }: { readonly wave: number; readonly tickets: readonly { readonly id: string }[] },
): Promise<void> {
  const { warning } = await changeState(statePlace(call.paths), call.clock, (state) => ({
    ...state,
    currentWave: wave,
  }));
  if (warning !== undefined) call.note(`warning: ${warning}`);
  const at = timestamp(call.clock);
  sendEvent(call, { event: 'wave', phase: 'started', at, wave, tickets: tickets.map(({ id }) => id) });
}

interface Ended {
  readonly wave: number;
  readonly completed: readonly string[];
  readonly unfinished: readonly { readonly id: string }[];
}

/** The state hears of an ended wave, once: the same wave counts for nothing the second time. */
export async function recordWaveEnd(call: GateCall, { wave, unfinished }: Ended): Promise<void> {
  for (const { id } of unfinished) await settleStatus(call, id);
  const { warning } = await changeState(statePlace(call.paths), call.clock, (state) => ({
    ...count(state, `wave:${wave}`, { totalWavesCompleted: 1 }),
    currentWave: null,
    lastCycle: wave,
  }));
  if (warning !== undefined) call.note(`warning: ${warning}`);
}

export function announceWaveEnd(call: GateCall, { wave, completed, unfinished }: Ended): void {
  sendEvent(call, {
    event: 'wave',
    phase: 'ended',
    at: timestamp(call.clock),
    wave,
    completed,
    unfinished: unfinished.map(({ id }) => id),
  });
}
