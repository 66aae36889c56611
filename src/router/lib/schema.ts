import * as z from 'zod';
import { envName, filledText, httpUrl } from '../../project/schema/parts.ts';

/** `NAME`, or `${NAME}` as older configurations write it. */
const envReference = z
  .string()
  .transform((value) => /^\$\{(.*)\}$/.exec(value)?.[1] ?? value)
  .pipe(envName);
const temperature = z.number().min(0).max(2);
const maxTokens = z.int().min(1).nullable();
const seconds = z.number().positive();
const providerName = z.string().regex(/^[^\s/]+$/, 'is no provider name: no spaces, no slash');

/** Keys of every provider: what it is, and what its roles inherit. */
const common = {
  type: filledText,
  model: z.string().optional(),
  temperature: temperature.optional(),
  json_mode: z.boolean().optional(),
  max_tokens: maxTokens.optional(),
  timeout: seconds.optional(),
  billing: z.enum(['api', 'plan', 'local', 'unknown']).optional(),
};

const foreignProvider = z.looseObject(common);

const http = {
  ...common,
  base_url: httpUrl.optional(),
  base_url_env: envReference.optional(),
  api_key_env: envReference.optional(),
  headers: z.record(filledText, z.string()).optional(),
};

const program = {
  ...common,
  command: filledText.optional(),
  args: z.array(z.string()).optional(),
  model_flag: z.string().nullable().optional(),
  response_format: z.enum(['text', 'json']).optional(),
  text_field: filledText.optional(),
  // Read and reported: the prompt comes by stdin, and the answer where the program puts it.
  prompt_flag: z.string().nullable().optional(),
  output_flag: z.string().nullable().optional(),
};

const failureSwitches = {
  raise_timeout: z.boolean().optional(),
  raise_rate_limit: z.boolean().optional(),
  raise_provider_error: z.boolean().optional(),
  raise_invalid_response: z.boolean().optional(),
  raise_contract_violation: z.boolean().optional(),
  raise_cancelled: z.boolean().optional(),
  raise_unknown: z.boolean().optional(),
};

const count = z.int().min(0);
const scripted = {
  ...common,
  response_text: z.string().optional(),
  script: filledText.optional(),
  delay: z.number().min(0).optional(),
  usage: z
    .strictObject({
      prompt_tokens: count.optional(),
      completion_tokens: count.optional(),
      total_tokens: count.optional(),
    })
    .optional(),
  ...failureSwitches,
};

/** What each built-in type may be told. */
const providerSchemas: Readonly<Record<string, z.ZodType>> = {
  openai: z.strictObject(http),
  anthropic: z.strictObject(http),
  ollama: z.strictObject({ ...http, num_ctx: z.int().min(1).optional() }),
  'claude-cli': z.strictObject({ ...common, command: filledText.optional() }),
  'codex-cli': z.strictObject(program),
  'gemini-cli': z.strictObject(program),
  cli: z.strictObject({ ...program, command: filledText }),
  scripted: z.strictObject(scripted),
};

/** What a provider of this type may be told; a type that somebody has registered has keys of its own. */
export function schemaOf(type: string): z.ZodType {
  return (Object.hasOwn(providerSchemas, type) ? providerSchemas[type] : undefined) ?? foreignProvider;
}

/** The keys of an entry that are ours to read. */
export function knownPart(
  type: string,
  entry: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (Object.hasOwn(providerSchemas, type)) return entry;
  return Object.fromEntries(Object.entries(entry).filter(([key]) => Object.hasOwn(common, key)));
}

/** Any provider, after the check by its type. */
export const anyProvider = z.looseObject({
  ...http,
  ...program,
  ...scripted,
  num_ctx: z.int().min(1).optional(),
});
export type ProviderDocument = z.infer<typeof anyProvider>;

const role = z.strictObject({
  provider: filledText,
  model: z.string().optional(),
  temperature: temperature.optional(),
  json_mode: z.boolean().optional(),
  max_tokens: maxTokens.optional(),
  timeout: seconds.optional(),
  fallback_providers: z.array(filledText).default([]),
});
export type RoleDocument = z.infer<typeof role>;

export const documentSchema = z.looseObject({
  llm: z.strictObject({
    default_role: filledText,
    providers: z.record(providerName, z.looseObject({ type: filledText })),
    roles: z.record(filledText, role),
  }),
});
