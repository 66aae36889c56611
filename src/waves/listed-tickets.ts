import * as z from 'zod';
import { usageError } from '../platform/errors.ts';
import { classify } from '../tickets/classify.ts';
import type { Candidate } from './candidate.ts';

/** What `wave plan --tickets` takes: an array of these. */
const listedTicket = z.looseObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/, 'is no ticket id'),
  priority: z.union([z.number(), z.string()]).default(99),
  affected_files: z.array(z.string()).default([]),
  depends_on: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
  complexity: z.unknown().optional(),
});

/**
 * Tickets from a list that the caller made, instead of the backlog.
 * @param isCompleted whether a dependency outside the list is done
 * @throws BacklogError `wave-tickets-invalid` (exit 2)
 */
export function listedCandidates(text: string, isCompleted: (id: string) => boolean): Candidate[] {
  const parsed = z.array(listedTicket).safeParse(jsonIn(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join('.') || 'the list'}: ${issue?.message}`);
  }
  const ids = parsed.data.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw invalid(`${twice} is in the list twice`);
  return parsed.data.map((ticket) => {
    const prefix = /^[A-Za-z][A-Za-z0-9]*/.exec(ticket.id)?.[0] ?? '';
    const files = [...new Set(ticket.affected_files)];
    const dependsOn = [...new Set(ticket.depends_on)];
    const { id, priority, tags, complexity: stated } = ticket;
    return {
      id,
      prefix,
      priority,
      tags,
      files,
      actions: [],
      waitsFor: dependsOn.filter((on) => !isCompleted(on)),
      classification: classify({ prefix, tags, dependsOn, files, stated }),
    };
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function invalid(what: string) {
  return usageError(
    `the tickets cannot be planned: ${what}`,
    'pass a JSON array such as [{"id": "FEAT-001", "priority": 1, "affected_files": ["src/a.ts"], "depends_on": []}]',
    'wave-tickets-invalid',
  );
}
