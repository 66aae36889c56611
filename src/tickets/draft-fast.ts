import type { Draft } from './draft.ts';
import { testModes, ticketPriorities } from './ticket.ts';

// Drafts that are as they should be, without the schema library, which takes longer to load than a ticket to make. It is a part
// of what the schema takes: anything else goes to it, and it says what is wrong. A test holds the two together.

/** As `parseDraft`, which is loaded when a draft turns out not to be simple, and only then. */
export async function draftFrom(text: string): Promise<Draft> {
  return simpleDraft(text) ?? (await import('./draft.ts')).parseDraft(text);
}

/** @returns `undefined` for what is not a draft beyond doubt */
export function simpleDraft(text: string): Draft | undefined {
  try {
    return draftOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error === notSimple) return undefined;
    throw error;
  }
}

const notSimple = new Error('the schema has to look at it');

type Read<T> = (value: unknown) => T;

const text =
  (least: number, most: number, form = /^/): Read<string> =>
  (value) => {
    const found = typeof value === 'string' ? value.trim() : undefined;
    if (found === undefined || found.length < least || found.length > most || !form.test(found))
      throw notSimple;
    return found;
  };

const oneOf =
  <T extends string>(words: readonly T[]): Read<T> =>
  (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw notSimple;
    return found;
  };

const list =
  <T>(read: Read<T>, most: number, least = 0): Read<T[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) throw notSimple;
    return value.map(read);
  };

const optional =
  <T, E>(read: Read<T>, otherwise: E): Read<T | E> =>
  (value) =>
    value === undefined ? otherwise : read(value);

const object =
  <K extends string, T>(keys: readonly K[], read: (fields: Partial<Record<K, unknown>>) => T): Read<T> =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notSimple;
    const known: readonly string[] = keys;
    if (!Object.keys(value).every((key) => known.includes(key))) throw notSimple;
    return read({ ...value });
  };

const grade: Read<number> = (value) => {
  if (typeof value !== 'number' || !(value >= 1 && value <= 10)) throw notSimple;
  return value;
};

const ONE_LINE = /^[^\r\n\0]*$/;
const line = text(1, 1000, ONE_LINE);
const remark = optional(text(0, 1000), '');
const prose = text(1, 50_000);
const lines = optional(list(line, 100), []);

const affectedFile = object(['path', 'action', 'description'], ({ path, action, description }) => ({
  path: line(path),
  action: oneOf(['create', 'modify', 'delete'])(action),
  description: remark(description),
}));

const tests = object(
  ['unit', 'integration', 'e2e', 'regression', 'validation', 'verification'],
  ({ unit, integration, e2e, regression, validation, verification }) => ({
    unit: lines(unit),
    integration: lines(integration),
    e2e: lines(e2e),
    regression: lines(regression),
    validation: lines(validation),
    verification: lines(verification),
  }),
);

const dependency = object(['ticket', 'needs'], ({ ticket, needs }) => ({
  ticket: line(ticket),
  needs: remark(needs),
}));

const ice = object(['impact', 'confidence', 'ease'], ({ impact, confidence, ease }) => ({
  impact: grade(impact),
  confidence: grade(confidence),
  ease: grade(ease),
}));

const draftOf: Read<Draft> = object(
  [
    'type',
    'title',
    'priority',
    'context',
    'description',
    'affected_files',
    'criteria',
    'tests',
    'test_mode',
    'dependencies',
    'tags',
    'related_docs',
    'shared_files',
    'scope_boundary',
    'implementation_notes',
    'severity',
    'environment',
    'steps_to_reproduce',
    'expected_behavior',
    'actual_behavior',
    'phase',
    'idea_type',
    'hypothesis',
    'ice',
    'validation_required',
    'metrics_of_success',
  ],
  (draft) => ({
    type: line(draft.type),
    title: text(1, 200, /^\P{Cc}*$/u)(draft.title),
    priority: optional(oneOf(ticketPriorities), 'medium' as const)(draft.priority),
    context: prose(draft.context),
    description: prose(draft.description),
    affected_files: list(affectedFile, 200)(draft.affected_files),
    criteria: list(line, 100, 1)(draft.criteria),
    tests: tests(draft.tests),
    test_mode: optional(oneOf(testModes), 'new' as const)(draft.test_mode),
    dependencies: optional(list(dependency, 50), [])(draft.dependencies),
    tags: optional(list(text(1, 60, ONE_LINE), 30), [])(draft.tags),
    related_docs: lines(draft.related_docs),
    shared_files: lines(draft.shared_files),
    scope_boundary: optional(text(0, 300), '')(draft.scope_boundary),
    implementation_notes: optional(prose, undefined)(draft.implementation_notes),
    severity: optional(oneOf(ticketPriorities), undefined)(draft.severity),
    environment: optional(line, undefined)(draft.environment),
    steps_to_reproduce: optional(prose, undefined)(draft.steps_to_reproduce),
    expected_behavior: optional(prose, undefined)(draft.expected_behavior),
    actual_behavior: optional(prose, undefined)(draft.actual_behavior),
    phase: optional(line, undefined)(draft.phase),
    idea_type: optional(
      oneOf(['feature', 'business-line', 'experiment'] as const),
      undefined,
    )(draft.idea_type),
    hypothesis: optional(prose, undefined)(draft.hypothesis),
    ice: optional(ice, undefined)(draft.ice),
    validation_required: optional(prose, undefined)(draft.validation_required),
    metrics_of_success: optional(prose, undefined)(draft.metrics_of_success),
  }),
);
