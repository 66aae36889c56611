import * as z from 'zod';
import { usageError } from '../platform/errors.ts';
import { nearest } from '../platform/suggest.ts';
import { testModes, ticketPriorities } from './ticket.ts';

const line = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .regex(/^[^\r\n\0]*$/, 'must be one line');
/** A title is one line for lists and commit messages: no control characters, which could also move a terminal's cursor; as `checkTitle`. */
export const titleSchema = line.max(200).regex(/^\P{Cc}*$/u, 'must be one line without control characters');
const prose = z.string().trim().min(1).max(50_000);
const lines = z.array(line).max(100);

/** A whole ticket as JSON: what `ticket new --from` takes. */
export const draftSchema = z.strictObject({
  type: line,
  title: titleSchema,
  priority: z.enum(ticketPriorities).default('medium'),
  context: prose,
  description: prose,
  affected_files: z
    .array(
      z.strictObject({
        path: line,
        action: z.enum(['create', 'modify', 'delete']),
        description: z.string().trim().max(1000).default(''),
      }),
    )
    .max(200),
  criteria: z.array(line).min(1).max(100),
  tests: z.strictObject({
    unit: lines.default([]),
    integration: lines.default([]),
    e2e: lines.default([]),
    regression: lines.default([]),
    validation: lines.default([]),
    verification: lines.default([]),
  }),
  /** Which tests the implement gate asks for. */
  test_mode: z.enum(testModes).default('new'),
  dependencies: z
    .array(z.strictObject({ ticket: line, needs: z.string().trim().max(1000).default('') }))
    .max(50)
    .default([]),
  tags: z.array(line.max(60)).max(30).default([]),
  related_docs: lines.default([]),
  shared_files: lines.default([]),
  scope_boundary: z.string().trim().max(300).default(''),
  implementation_notes: prose.optional(),
  // Bugs.
  severity: z.enum(ticketPriorities).optional(),
  environment: line.optional(),
  steps_to_reproduce: prose.optional(),
  expected_behavior: prose.optional(),
  actual_behavior: prose.optional(),
  // Features.
  phase: line.optional(),
  // Ideas.
  idea_type: z.enum(['feature', 'business-line', 'experiment']).optional(),
  hypothesis: prose.optional(),
  ice: z
    .strictObject({
      impact: z.number().min(1).max(10),
      confidence: z.number().min(1).max(10),
      ease: z.number().min(1).max(10),
    })
    .optional(),
  validation_required: prose.optional(),
  metrics_of_success: prose.optional(),
});

export type Draft = z.infer<typeof draftSchema>;

/**
 * A draft from its JSON text.
 * @throws BacklogError `ticket-draft-invalid` (exit 2) with every problem
 */
export function parseDraft(text: string): Draft {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid([`it is no JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = draftSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap(problemsOf));
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const where = issue.path.join('.') || 'the ticket';
  if (issue.code !== 'unrecognized_keys') return [`${where}: ${issue.message}`];
  const known = Object.keys(draftSchema.shape);
  const isTop = issue.path.length === 0;
  const meant = issue.keys.map((key) => (isTop ? nearest(key, known) : undefined));
  const told = issue.keys.map((key, index) => {
    const hint = meant[index] === undefined ? '' : `, did you mean "${meant[index]}"?`;
    return `${where}: unknown key "${key.slice(0, 60)}"${hint}`;
  });
  // The form by example is a feature's: it does not show the keys of bugs and ideas.
  return isTop && meant.includes(undefined) ? [...told, `its keys are ${known.join(', ')}`] : told;
}

function invalid(problems: readonly string[]): Error {
  return usageError(
    `the ticket's JSON cannot be used; nothing was written:\n  ${problems.slice(0, 30).join('\n  ')}`,
    '`backlog ticket new --from help` prints the form',
    'ticket-draft-invalid',
  );
}

/** The form by example; it is a draft itself. */
export const draftExample: Draft = draftSchema.parse({
  type: 'FEAT',
  title: 'Health endpoint',
  priority: 'medium',
  context: 'The load balancer has no way to ask whether the service is up.',
  description: 'GET /health answers 200 with {"status":"ok"}, and 503 while the database cannot be reached.',
  affected_files: [
    { path: 'src/health.js', action: 'create', description: 'the handler' },
    { path: 'test/health.test.js', action: 'create', description: 'its tests' },
  ],
  criteria: [
    'GET /health answers 200 and {"status":"ok"}',
    'It answers 503 while the database cannot be reached',
    'It needs no login',
  ],
  tests: {
    unit: ['test: "should answer 200 when all is well" → verifies AC-1'],
    integration: ['test: "should answer 503 when the database is down" → verifies AC-2'],
    verification: ['npm test'],
  },
  test_mode: 'new',
  dependencies: [],
  tags: ['api'],
});
