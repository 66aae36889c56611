import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Draft, draftExample, draftSchema } from '../../src/tickets/draft.ts';
import { simpleDraft } from '../../src/tickets/draft-fast.ts';

const whole: Required<Draft> = {
  ...draftExample,
  dependencies: [{ ticket: 'FEAT-001', needs: 'its table' }],
  related_docs: ['docs/a.md'],
  shared_files: ['src/a.ts'],
  scope_boundary: 'no more',
  implementation_notes: 'a\nb',
  severity: 'low',
  environment: 'Linux',
  steps_to_reproduce: 'one',
  expected_behavior: 'two',
  actual_behavior: 'three',
  phase: '1',
  idea_type: 'feature',
  hypothesis: 'it helps',
  ice: { impact: 1, confidence: 10, ease: 5.5 },
  validation_required: 'yes',
  metrics_of_success: 'more',
};

/** What the schema makes of a text. */
function bySchema(text: string): Draft | undefined {
  const parsed = draftSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

/** Values that stand for a field: right for some, wrong for others, at the edges of all. */
const anything = fc.oneof(
  fc.string(),
  fc.constantFrom<unknown>(
    '',
    '  a  ',
    'a\nb',
    'a\u0007',
    'a\0',
    'high',
    'modify',
    'existing',
    null,
    0,
    1,
    10,
    10.5,
    true,
    [],
    [''],
    ['a'],
    {},
    [{}],
    { ticket: 'A' },
    [{ ticket: 'A', needs: null }],
    { impact: 0, confidence: 1, ease: 1 },
  ),
  fc.constantFrom(30, 31, 50, 51, 100, 101, 200, 201).map((length) => Array.from({ length }, () => 'a')),
  fc.constantFrom(60, 61, 200, 201, 300, 301, 1000, 1001, 50_000, 50_001).map((length) => 'x'.repeat(length)),
  fc.constantFrom(60, 61, 1000, 1001).map((length) => ['x'.repeat(length)]),
);

const places: readonly (readonly string[])[] = [
  ...Object.keys(whole).map((key) => [key]),
  ...['path', 'action', 'description', 'other'].map((key) => ['affected_files', '0', key]),
  ...[...Object.keys(whole.tests), 'other'].map((key) => ['tests', key]),
  ...['ticket', 'needs', 'other'].map((key) => ['dependencies', '0', key]),
  ...['impact', 'confidence', 'ease', 'other'].map((key) => ['ice', key]),
  ['other'],
];

/** The whole draft as text, with another value in some places, or none. */
function changed(changes: readonly (readonly [readonly string[], unknown])[]): string {
  const draft = structuredClone(whole);
  for (const [place, value] of changes) {
    let at: unknown = draft;
    for (const key of place.slice(0, -1)) at = Object(Reflect.get(Object(at), key));
    const last = place.at(-1) ?? '';
    if (value === undefined) Reflect.deleteProperty(Object(at), last);
    // A copy: one change may set a field of what another has put there.
    else Reflect.set(Object(at), last, structuredClone(value));
  }
  return JSON.stringify(draft);
}

it('takes what the schema takes, and makes the same of it', () => {
  expect(simpleDraft(JSON.stringify(whole))).toEqual(whole);
  const change = fc.tuple(fc.constantFrom(...places), fc.option(anything, { nil: undefined }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const text = changed(changes);
      expect(simpleDraft(text)).toEqual(bySchema(text));
    }),
    { numRuns: 2000 },
  );
});

it.each(places.map((place) => [place.join('.'), place] as const))('without %s, too', (_name, place) => {
  const text = changed([[place, undefined]]);
  expect(simpleDraft(text)).toEqual(bySchema(text));
});

it.each(['', '{', 'null', '[]', '"a"', '{"__proto__":{}}'])('leaves %j to the schema', (text) => {
  expect(simpleDraft(text)).toBeUndefined();
});
