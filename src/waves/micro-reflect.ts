import type { GateCall } from '../gates/call.ts';
import { readEvidence } from '../gates/evidence.ts';
import { gateTries } from '../gates/gate-tries.ts';
import { timestamp } from '../platform/clock.ts';
import type { Listing } from '../tickets/backlog.ts';
import { type BulletTag, tagBullet } from './playbook-edit.ts';
import { changePlaybook } from './playbook-file.ts';
import { appendUse, openUses } from './playbook-uses.ts';

export interface TicketOutcome {
  readonly completed: boolean;
  /** It was stopped: lint-, review-, commit- or budget-blocked. */
  readonly blocked: boolean;
  /** One of its gates did not pass at its first try. */
  readonly gatesFailed: boolean;
  /** A dearer model had to take over. */
  readonly escalated: boolean;
}

/** What a ticket's outcome says of the advice that it was given. */
export function tagFor({ completed, blocked, gatesFailed, escalated }: TicketOutcome): BulletTag {
  if (escalated) return 'neutral';
  if (completed) return gatesFailed ? 'neutral' : 'helpful';
  return blocked ? 'harmful' : 'neutral';
}

export interface MicroReflection {
  readonly tags: readonly { readonly id: string; readonly ticket: string; readonly tag: BulletTag }[];
  /** Always empty: new advice is written by whoever learnt it, with `playbook add`. */
  readonly new_bullets: readonly string[];
}

/**
 * Tags the bullets that tickets were given, each use once, when the ticket is completed or was stopped. A ticket that simply goes on says nothing yet. That a use is
 * judged is written first: a crash then costs one tag, and none counts twice.
 */
export async function microReflect(
  call: GateCall,
  backlog: Pick<Listing, 'byId'>,
  escalated: (ticketId: string) => boolean,
): Promise<MicroReflection> {
  const { opsDir } = call.paths;
  const tags: MicroReflection['tags'][number][] = [];
  for (const [id, bullets] of openUses(opsDir)) {
    const status = backlog.byId(id)?.status ?? '';
    const completed = status === 'completed';
    const blocked = status.endsWith('-blocked');
    if (!completed && !blocked) continue;
    const tries = gateTries(readEvidence(opsDir, id));
    const tag = tagFor({
      completed,
      blocked,
      gatesFailed: tries.passedFirstTry < tries.run,
      escalated: escalated(id),
    });
    const { sessionId } = call.caller;
    appendUse(opsDir, {
      what: 'reflected',
      at: timestamp(call.clock),
      ticket_id: id,
      session_id: sessionId ?? null,
      bullets,
    });
    tags.push(...bullets.map((bullet) => ({ id: bullet, ticket: id, tag })));
  }
  if (tags.some(({ tag }) => tag !== 'neutral'))
    await changePlaybook(call.paths, (playbook) =>
      // A bullet that somebody has taken out since is not missed.
      tags.reduce((text, { id, tag }) => tagBullet(text, id, tag) ?? text, playbook),
    );
  return { tags, new_bullets: [] };
}
