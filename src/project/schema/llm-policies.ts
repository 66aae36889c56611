import * as z from 'zod';
import { countFrom, envName, filledText, fraction, httpUrl } from './parts.ts';

const phaseTokens = (defaults: Readonly<Record<string, number>>, what: string) =>
  z
    .record(filledText, countFrom(1))
    .default({ ...defaults })
    .describe(what);

/** A server by its short name, or any compatible one by its address. */
const upstream = z.union([z.enum(['anthropic', 'litellm', 'ollama']), httpUrl], {
  error: 'must be anthropic, litellm, ollama, or an http(s) address',
});

/** The part of llmOps that the first systems had: registry, gateway, routing and the policies. */
export const policyKeys = {
  registry: z
    .strictObject({
      source: filledText.default('.backlog-ops/model-registry.json').describe('File of the model registry.'),
      refreshCommand: filledText
        .default('bash scripts/ops/sync-model-registry.sh')
        .describe('Refreshes the registry.'),
      strictMode: z.boolean().default(true).describe('Only models of the registry may be used.'),
    })
    .prefault({}),
  gateway: z
    .strictObject({
      baseURL: httpUrl
        .default('http://localhost:8000')
        .describe('Address of LiteLLM or another gateway; LITELLM_BASE_URL overrides it.'),
      apiKeyEnv: envName
        .default('LITELLM_MASTER_KEY')
        .describe('Name of the environment variable with its key.'),
      requireEscalationReason: z.boolean().default(true).describe('A dearer model needs a reason.'),
      upstream: upstream
        .optional()
        .describe('Where our gateway sends requests; without it, where they went before it was enabled.'),
      tierUpstreams: z
        .strictObject({
          free: upstream.optional().describe('Upstream of requests for free.'),
          cheap: upstream.optional().describe('Upstream of requests for cheap.'),
          balanced: upstream.optional().describe('Upstream of requests for balanced.'),
          frontier: upstream.optional().describe('Upstream of requests for frontier.'),
        })
        .prefault({})
        .describe('Another upstream for requests whose model is a tier, or stands in its chain.'),
      chatUpstream: upstream
        .default('litellm')
        .describe('Where our gateway sends requests in the OpenAI form (/v1/chat/completions).'),
      fallbackUpstream: upstream
        .optional()
        .describe('Asked when the upstream cannot be reached or answers 429 or 5xx before its first byte.'),
      adapters: z
        .array(z.enum(['portkey', 'helicone', 'cloudflare']))
        .default([])
        .describe('Other gateways whose tag headers are sent too.'),
    })
    .prefault({}),
  routing: z
    .strictObject({
      entryModelClassify: filledText.default('cheap').describe('First tier for classification.'),
      entryModelDraft: filledText.default('cheap').describe('First tier for drafts.'),
      entryModelPlan: filledText.default('free').describe('First tier for plans.'),
      entryModelImplement: filledText.default('balanced').describe('First tier for implementation.'),
      entryModelReview: filledText.default('cheap').describe('First tier for reviews.'),
      escalationModel: filledText.default('frontier').describe('Tier after failures.'),
      maxEscalationsPerTicket: countFrom(0).default(1).describe('Escalations of one ticket.'),
    })
    .prefault({}),
  tokenPolicy: z
    .strictObject({
      maxInputByPhase: phaseTokens(
        { classify: 4000, draft: 8000, implement: 32_000, review: 16_000, refine: 12_000 },
        'Most input tokens by phase.',
      ),
      maxOutputByPhase: phaseTokens(
        { classify: 1000, draft: 4000, implement: 16_000, review: 4000, refine: 8000 },
        'Most output tokens by phase.',
      ),
      contextWindowStrategy: z
        .enum(['truncate-oldest', 'summarize', 'rag-augment'])
        .default('summarize')
        .describe('What happens when the context is full.'),
    })
    .prefault({}),
  cachePolicy: z
    .strictObject({
      providerPromptCaching: z.boolean().default(true).describe("Use the provider's prompt cache."),
      stablePrefixMinTokens: countFrom(1024)
        .default(2048)
        .describe('Shortest prefix worth caching, in tokens.'),
      responseCache: z
        .strictObject({
          enabled: z.boolean().default(true).describe('Answer equal requests from a cache.'),
          ttlSeconds: countFrom(0).default(3600).describe('Lifetime of an answer, in seconds.'),
          backend: z.enum(['redis', 's3', 'local']).default('local').describe('Where answers are kept.'),
        })
        .prefault({}),
      semanticCache: z
        .strictObject({
          enabled: z.boolean().default(false).describe('Answer similar requests from a cache.'),
          backend: z.enum(['qdrant', 'redis-vss', 'chromadb']).default('qdrant').describe('Vector store.'),
          threshold: fraction.default(0.88).describe('Least similarity, 0 to 1.'),
        })
        .prefault({}),
      warnBelowHitRate: fraction.default(0.8).describe('Hit rate below which a warning is given.'),
      sessionMaxWaves: countFrom(1).default(5).describe('Waves before a session is renewed.'),
    })
    .prefault({}),
  batchPolicy: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Use batch APIs for work that can wait.'),
      eligiblePhases: z
        .array(filledText)
        .default([
          'refinement',
          'bulk-ticket-validation',
          'cost-report',
          'duplicate-detection',
          'implementation',
        ])
        .describe('Work that can wait.'),
      forceBatchWhenQueueOver: countFrom(0)
        .default(25)
        .describe('Queue length from which batch is used anyway.'),
      maxConcurrentBatchJobs: countFrom(1).default(10).describe('Batch jobs at a time.'),
      retryPolicy: z
        .strictObject({
          maxRetries: countFrom(0).default(3).describe('Tries after a failure.'),
          backoffMultiplier: z.number().min(1).default(2).describe('Growth of the wait between tries.'),
        })
        .prefault({}),
      reviewBatchEnabled: z.boolean().default(true).describe('Reviews may go by batch.'),
      reviewBatchTimeoutSec: countFrom(30)
        .default(300)
        .describe('Longest wait for a review batch, in seconds.'),
      reviewBatchIntervalSec: countFrom(5).default(30).describe('Wait between two looks, in seconds.'),
    })
    .prefault({}),
  ragPolicy: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe('Prompts of implementers and reviewers carry pieces of the index of code and tickets.'),
      embeddingModel: z
        .string()
        .default('')
        .describe(
          'Model of embeddings, such as `ollama/nomic-embed-text`; empty: words alone. A name without a provider is asked at `serverUrl`.',
        ),
      vectorStore: z
        .enum(['qdrant', 'chromadb', 'local-faiss'])
        .default('local-faiss')
        .describe('Kept for older configurations: vectors lie in a file beside the index.'),
      indexPath: filledText
        .default('.backlog-ops/cache/index')
        .describe('Folder of the index, inside the project.'),
      chunkSize: countFrom(128).default(512).describe('Most tokens of a piece.'),
      topK: countFrom(1).default(10).describe('Pieces that a search gives.'),
      reindexCommand: z
        .string()
        .optional()
        .describe('Kept for older configurations: `backlog index update` is the command.'),
      serverUrl: httpUrl
        .optional()
        .describe(
          'OpenAI-compatible server of `embeddingModel` where that names no provider; without it the gateway.',
        ),
    })
    .prefault({}),
};
