import { readTextIfExists } from '../platform/files.ts';
import type { Context } from './attribution.ts';
import { jsonObject, text } from './places.ts';

/** The context in a JSON object; fields that are missing are empty. `undefined` when it is no object or says nothing. */
export function contextFrom(value: unknown): Context | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const context: Context = {
    ticket_id: text(fields.ticket_id),
    gate: text(fields.gate),
    project: text(fields.project),
    agent_type: text(fields.agent_type),
    skill: text(fields.skill),
    updated_at: text(fields.updated_at),
  };
  return context.ticket_id === '' && context.gate === '' && context.agent_type === '' ? undefined : context;
}

/** A context file; `undefined` when it is not there, empty or no JSON: attribution never stands in the way of work. */
export function readContextFile(file: string): Context | undefined {
  try {
    return contextFrom(jsonObject(readTextIfExists(file)));
  } catch {
    return undefined;
  }
}
