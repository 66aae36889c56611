import type { Candidate } from './candidate.ts';
import { PathSet } from './path-set.ts';

/** Tickets that one agent does one after the other, each in a worktree of its own. */
export const MOST_IN_A_SLOT = 3;

interface Slot {
  readonly members: Candidate[];
  readonly likeness: string | undefined;
}

class Wave {
  readonly slots: Slot[] = [];
  readonly #paths = new PathSet();

  hasRoom(maxSlots: number): boolean {
    return this.slots.length < maxSlots;
  }

  conflict(ticket: Candidate): string | undefined {
    return ticket.files.find((file) => this.#paths.meets(file));
  }

  put(ticket: Candidate, likeness: string | undefined, slot: Slot | undefined): void {
    if (slot === undefined) this.slots.push({ members: [ticket], likeness });
    else slot.members.push(ticket);
    for (const file of ticket.files) this.#paths.add(file);
  }

  /** A slot of tickets of this likeness that has room. */
  alike(likeness: string | undefined): Slot | undefined {
    return likeness === undefined
      ? undefined
      : this.slots.find((slot) => slot.likeness === likeness && slot.members.length < MOST_IN_A_SLOT);
  }
}

export interface Placed {
  readonly ticket: Candidate;
  /** From 1. */
  readonly wave: number;
  /** Id of the first ticket in its slot when the slot is shared, else `null`. */
  readonly batch: string | null;
  /** A file because of which an earlier wave did not take it. */
  readonly conflict: string | undefined;
}

/**
 * Puts each ticket into the earliest wave that comes after what it waits for, has a free slot, and holds no ticket that touches
 * one of its files. Small tickets alike share a slot.
 * @param tickets in the order in which they choose; what a ticket waits for comes before it
 */
export function placeInWaves(tickets: readonly Candidate[], maxSlots: number): Placed[] {
  const waves: Wave[] = [];
  const waveOf = new Map<string, number>();
  const conflicts = new Map<string, string>();
  for (const ticket of tickets) {
    const likeness = likenessOf(ticket);
    let number = 1 + Math.max(0, ...ticket.waitsFor.map((id) => waveOf.get(id) ?? 0));
    for (; ; number++) {
      const wave = waves[number - 1] ?? new Wave();
      const slot = wave.alike(likeness);
      if (slot === undefined && !wave.hasRoom(maxSlots)) continue;
      const conflict = wave.conflict(ticket);
      if (conflict !== undefined) {
        conflicts.set(ticket.id, conflict);
        continue;
      }
      wave.put(ticket, likeness, slot);
      waves[number - 1] = wave;
      waveOf.set(ticket.id, number);
      break;
    }
  }
  return waves.flatMap(({ slots }, index) =>
    slots.flatMap(({ members }) =>
      members.map((ticket) => ({
        ticket,
        wave: index + 1,
        batch: members.length > 1 ? (members[0]?.id ?? null) : null,
        conflict: conflicts.get(ticket.id),
      })),
    ),
  );
}

/** What small tickets must have in common to share a slot: prefix, folder and action. `undefined` when it goes alone. */
function likenessOf({ classification, prefix, files, actions, waitsFor }: Candidate): string | undefined {
  const [file] = files;
  const [action] = actions;
  if (classification.complexity !== 'trivial' || waitsFor.length > 0) return undefined;
  if (file === undefined || action === undefined || files.length !== 1 || actions.length !== 1)
    return undefined;
  return [prefix, file.slice(0, Math.max(0, file.lastIndexOf('/'))), action].join('\n');
}
