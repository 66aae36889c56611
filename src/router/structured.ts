import { LlmRouterError } from './failure.ts';
import type { JsonSchema } from './json-schema.ts';

/** What is added to the system prompt, so that every model is asked the same way. */
export function withJsonRule(system: string | undefined, schema: JsonSchema | undefined): string {
  const rule =
    schema === undefined
      ? 'Answer with one JSON value and with nothing else: no fence, no comment.'
      : `Answer with one JSON value that matches this JSON Schema, and with nothing else: no fence, no comment.\n${JSON.stringify(schema.source)}`;
  return system === undefined ? rule : `${system}\n\n${rule}`;
}

export interface Structured {
  /** The JSON text without fence. */
  readonly text: string;
  readonly value: unknown;
}

/**
 * The JSON of an answer, checked; without a schema any JSON will do.
 * @throws LlmRouterError `contract-violation`
 */
export function structuredAnswer(answer: string, schema: JsonSchema | undefined): Structured {
  const text = unfenced(answer.trim());
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw violation('is no JSON');
  }
  const mismatches = schema?.check(value) ?? [];
  if (mismatches.length > 0)
    throw violation(
      `does not match the schema: ${mismatches
        .slice(0, 3)
        .map(({ path, message }) => `${path || '(the whole answer)'} ${message}`)
        .join('; ')}`,
    );
  return { text, value };
}

function violation(what: string): LlmRouterError {
  return new LlmRouterError({
    failureType: 'contract-violation',
    message: `the answer ${what}`,
    fix: 'say in the prompt what is wanted, raise --max-tokens when it was cut, or take a stronger model',
  });
}

/** The content of the first Markdown fence, if any. JSON has no line that begins with a fence, so it stays as it is. */
function unfenced(text: string): string {
  const open = text.indexOf('```');
  const start = open === -1 ? -1 : text.indexOf('\n', open);
  const end = start === -1 ? -1 : text.indexOf('\n```', start);
  return start === -1 || end === -1 ? text : text.slice(start + 1, end).trim();
}
