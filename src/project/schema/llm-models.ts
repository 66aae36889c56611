import * as z from 'zod';
import { envName, filledText, httpUrl } from './parts.ts';

const tiers = ['free', 'cheap', 'balanced', 'frontier'] as const;

const billings = ['api', 'plan', 'local', 'unknown'] as const;
const providerTypes = [
  ...(['openai', 'anthropic', 'ollama'] as const),
  ...(['claude-cli', 'codex-cli', 'gemini-cli', 'scripted'] as const),
] as const;

/** `provider/model`; the model's own name may have slashes (`openrouter/meta-llama/llama-4`). */
const modelReference = z
  .string()
  .regex(/^[^\s/]+\/\S+$/, 'must be "provider/model", such as "ollama/qwen3:8b"');
const chain = z.array(modelReference).min(1);

const provider = z.strictObject({
  type: z
    .enum(providerTypes)
    .describe(
      'openai: any OpenAI-compatible API; anthropic: Messages API; ollama: its own API; claude-cli, codex-cli, gemini-cli: the program, with its login; scripted: for tests.',
    ),
  baseURL: httpUrl.optional().describe('Address of the API; each type has its usual one.'),
  apiKeyEnv: envName.optional().describe('Name of the environment variable with the key.'),
  billing: z
    .enum(billings)
    .optional()
    .describe(
      'How this provider is paid; else Ollama is local, claude-cli as llmOps.billing says, an API by key (api).',
    ),
  command: filledText
    .optional()
    .describe('claude-cli, codex-cli, gemini-cli: the program, when it is not on PATH.'),
  contextTokens: z
    .int()
    .min(1)
    .optional()
    .describe('ollama: room for prompt and answer, in tokens (`num_ctx`).'),
  script: filledText.optional().describe('scripted: the file with its answers.'),
  timeoutSeconds: z.number().positive().optional().describe('Longest wait for an answer, in seconds.'),
});

const target = z.union([z.enum(tiers), modelReference]);
const targets = z.union([target, z.array(target).min(1)], {
  error: 'must be free, cheap, balanced, frontier, "provider/model", or a list of these',
});

const budget = z
  .strictObject({
    limit: z.number().min(0).optional().describe('USD; 0 stops everything.'),
    tokens: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe(
        'Tokens of all kinds (input, output, cache), instead of USD or beside them; 0 stops everything.',
      ),
    warn: z.number().min(0).default(0.7).describe('Share of the limit from which a warning is given.'),
    hardStop: z
      .number()
      .min(0)
      .optional()
      .describe(
        'Share of the limit from which calls are refused: 1 unless set. On a plan (llmOps.billing) USD stop nothing until it is set.',
      ),
  })
  .refine(({ limit, tokens }) => limit !== undefined || tokens !== undefined, {
    path: ['limit'],
    error: 'must be there, or tokens',
  })
  // Without a limit that is the problem; nothing is to be said about its shares.
  .refine(
    ({ limit, tokens, warn, hardStop = 1 }) =>
      (limit === undefined && tokens === undefined) || warn <= hardStop,
    { path: ['warn'], error: 'must not be above hardStop' },
  );

const usdPerMillionTokens = z.number().min(0);

const price = z.strictObject({
  input: usdPerMillionTokens.describe('USD per million input tokens, without cache.'),
  output: usdPerMillionTokens.describe('USD per million output tokens.'),
  cacheRead: usdPerMillionTokens.optional().describe('USD per million tokens read from cache.'),
  cacheWrite5m: usdPerMillionTokens
    .optional()
    .describe('USD per million tokens written to the 5-minute cache.'),
  cacheWrite1h: usdPerMillionTokens
    .optional()
    .describe('USD per million tokens written to the 1-hour cache.'),
});

/** The part of llmOps that says which models there are and what they may cost. */
export const modelKeys = {
  providers: z
    .record(z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'is no provider name: letters, digits, . _ -'), provider)
    .default({})
    .describe('Providers by name, beside the built-in ones.'),
  tiers: z
    .strictObject({
      free: chain.optional().describe('Models that cost nothing, first choice first.'),
      cheap: chain.optional().describe('Cheap models.'),
      balanced: chain.optional().describe('Models for most work.'),
      frontier: chain.optional().describe('The strongest models.'),
    })
    .prefault({}),
  roles: z.record(filledText, targets).default({}).describe('Role to tier or models, for `llm-call --role`.'),
  budgets: z
    .strictObject({
      day: budget.optional().describe('Per UTC day.'),
      month: budget.optional().describe('Per UTC month.'),
      session: budget.optional().describe('Per Claude Code session.'),
      ticket: budget.optional().describe('Per ticket.'),
      gate: budget.optional().describe('Per gate of a ticket.'),
      reserve: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .describe(
          'Share of a day, month or session limit that is kept for work on a ticket that is under way, so that it can be parked.',
        ),
    })
    .prefault({}),
  billing: z
    .enum(billings)
    .default('unknown')
    .describe(
      'How Claude Code itself is paid: by API key, by a plan, locally. Sums on a plan are list-price equivalents.',
    ),
  prices: z.record(filledText, price).default({}).describe('Prices by model name, over the built-in table.'),
  traces: z
    .strictObject({
      includePrompts: z.boolean().default(false).describe('Trace files carry prompts and answers.'),
    })
    .prefault({}),
};
