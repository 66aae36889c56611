import * as z from 'zod';
import { acts } from '../src/project/config-effects.ts';
import { configSchema } from '../src/project/schema/config-schema.ts';
import { type AnySchema, leafKeys, type SchemaKey, unwrap } from '../src/project/schema-walk.ts';

const start = '<!-- keys: written by `npm run schema` -->';
const end = '<!-- end of keys -->';

/** docs/config.md with its tables of keys renewed; the text around them is written by hand. */
export function withKeyTables(document: string): string {
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/config.md has no "${start}" … "${end}"`);
  return `${document.slice(0, from + start.length)}\n\n${keyTables()}\n\n${document.slice(to)}`;
}

function keyTables(): string {
  const blocks = new Map<string, SchemaKey[]>();
  for (const key of leafKeys(configSchema)) {
    const [first = '', second = ''] = key.path.split('.');
    const block =
      second === '' ? 'Top level' : first === 'llmOps' ? `${first}.${second.replace('[]', '')}` : first;
    blocks.set(block, [...(blocks.get(block) ?? []), key]);
  }
  return [...blocks].map(([block, keys]) => table(block, keys)).join('\n\n');
}

function table(block: string, keys: readonly SchemaKey[]): string {
  const rows = keys.map(({ path, schema, required }) => {
    const cells = [
      `\`${path}\``,
      typeOf(schema),
      required ? 'required' : defaultOf(schema),
      acts(path) ? 'yes' : 'not yet',
      descriptionOf(schema),
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const title = block === 'Top level' ? block : `\`${block}\``;
  return [
    `### ${title}`,
    '',
    '| Key | Type | Default | Acts | Meaning |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function typeOf(schema: AnySchema): string {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodEnum) return inner.options.map((option) => `\`${option}\``).join(', ');
  if (inner instanceof z.ZodArray) return `list of ${typeOf(inner.element)}`;
  if (inner instanceof z.ZodRecord) return `object of ${typeOf(inner.valueType)}`;
  if (inner instanceof z.ZodUnion) return [...new Set(inner.options.map(typeOf))].join(' or ');
  if (inner instanceof z.ZodObject) return 'object';
  if (inner instanceof z.ZodNumber) return inner.isInt ? 'whole number' : 'number';
  if (inner instanceof z.ZodBoolean) return 'true, false';
  return inner instanceof z.ZodUnknown ? 'anything' : 'text';
}

function defaultOf(schema: AnySchema): string {
  const parsed = z.safeParse(schema, undefined);
  return parsed.success && parsed.data !== undefined ? `\`${JSON.stringify(parsed.data)}\`` : '–';
}

function descriptionOf(schema: AnySchema): string {
  const own = z.globalRegistry.get(schema)?.description ?? z.globalRegistry.get(unwrap(schema))?.description;
  if (own === undefined) throw new Error('a key has no description');
  return own;
}
