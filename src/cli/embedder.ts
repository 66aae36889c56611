import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { Embedder } from '../retrieval/embed-index.ts';
import type { Io } from './io.ts';

/** The embeddings that the configuration asks for, and what is to be closed after them. */
export interface OpenEmbedder extends Embedder {
  readonly close: () => Promise<void>;
}

/**
 * The model of `llmOps.ragPolicy.embeddingModel`. Each of its requests is judged by the budgets, tagged and recorded as those of
 * `llm-call` are.
 * @returns `undefined` where the configuration names none
 */
export async function openEmbedder(
  io: Io,
  paths: ProjectPaths,
  config: BacklogConfig,
): Promise<OpenEmbedder | undefined> {
  const { embeddingModel, serverUrl } = config.llmOps.ragPolicy;
  if (embeddingModel.trim() === '') return undefined;
  const [{ wiringFor }, { embedModel, embedTexts }] = await Promise.all([
    import('./commands/llm-call-wiring.ts'),
    import('../router/embed.ts'),
  ]);
  const { loadMorePrices } = await import('../ledger/prices.ts');
  await loadMorePrices();
  const wiring = wiringFor(paths, io, { llmOps: config.llmOps });
  const model = embedModel(embeddingModel, serverUrl, wiring.deps);
  return {
    model: model.reference,
    embed: (texts) => {
      wiring.admit(model.model);
      return embedTexts(model, { texts, tags: wiring.tags }, wiring.deps);
    },
    close: wiring.close,
  };
}
