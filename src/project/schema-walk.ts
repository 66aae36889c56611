import * as z from 'zod';

/** Any schema of zod's classic API. */
export type AnySchema = z.core.$ZodType;

/** One key of the configuration, `*` standing for a name that the user chooses and `[]` for any item of a list. */
export interface SchemaKey {
  /** `llmOps.providers.*.type`, `reviewPipeline.reviewers[].name`. */
  readonly path: string;
  readonly schema: AnySchema;
  /** Without a default, and asked for. */
  readonly required: boolean;
}

/** Every key of a schema, leaves only: blocks are the way to their keys. In the schema's order. */
export function leafKeys(schema: AnySchema, prefix = ''): SchemaKey[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape).flatMap(([key, child]) => leafKeys(child, join(prefix, key)));
  if (inner instanceof z.ZodRecord && unwrap(inner.valueType) instanceof z.ZodObject)
    return leafKeys(inner.valueType, join(prefix, '*'));
  if (inner instanceof z.ZodArray && unwrap(inner.element) instanceof z.ZodObject)
    return leafKeys(inner.element, `${prefix}[]`);
  return [{ path: prefix, schema, required: !z.safeParse(schema, undefined).success }];
}

/** The keys that the object at `path` may have; none when it is no object or takes any key. */
export function keysAt(schema: AnySchema, path: readonly PropertyKey[]): string[] {
  let current: AnySchema | undefined = unwrap(schema);
  for (const step of path) {
    current = current && childOf(current, String(step));
    current = current && unwrap(current);
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

/** The schema below optional, default and prefault. */
export function unwrap(schema: AnySchema): AnySchema {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)
    inner = inner.def.innerType;
  return inner;
}

function childOf(schema: AnySchema, step: string): AnySchema | undefined {
  if (schema instanceof z.ZodObject)
    return Object.hasOwn(schema.shape, step) ? schema.shape[step] : undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return undefined;
}

function join(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}
