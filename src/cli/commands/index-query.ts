import { ExitCode, messageOf, usageError } from '../../platform/errors.ts';
import { answer, type Found, type Reorder } from '../../retrieval/answer.ts';
import type { CodeIndex } from '../../retrieval/code-index.ts';
import { withVectors } from '../../retrieval/embed-index.ts';
import { refreshIndex } from '../../retrieval/refresh.ts';
import type { SourceWorld } from '../../retrieval/sources.ts';
import { openEmbedder } from '../embedder.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { withBars } from '../progress.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog index query`: the pieces of code and tickets that answer a question. */
export const query: CommandFunction = async (call, io) => {
  const question = call.requiredArg(0, 'question');
  if (question.trim() === '')
    throw usageError(
      'the question is empty',
      'ask in words: backlog index query "where are budgets checked"',
    );
  const top = call.number('top', { min: 1, max: 1000, integer: true });
  const budgetTokens = call.number('budgetTokens', { min: 1, integer: true });
  const world = { ...openProject(io), env: io.env };
  const { index, unwritten } = await withBars(io, ({ watch }) =>
    refreshIndex(world, { answerOnly: true, watch }),
  );
  if (unwritten !== undefined) io.note(`warning: the index is not kept: ${messageOf(unwritten)}`);
  const reorder = await vectorOrder(world, index, question, io);
  const found = answer(
    index,
    world.paths,
    { question, top: top ?? world.config.llmOps.ragPolicy.topK, budgetTokens },
    reorder,
  );
  printResult(io, {
    json: {
      question,
      manner: reorder === undefined ? 'words' : 'words and embeddings',
      tokens: found.reduce((sum, { tokens }) => sum + tokens, 0),
      items: found,
    },
    text: found.length === 0 ? 'nothing has these words' : found.map(foundText).join('\n\n'),
  });
  return ExitCode.Ok;
};

/** The order by embeddings, where the configuration names a model and it answers; else one warning, and words alone. */
async function vectorOrder(
  world: SourceWorld,
  index: CodeIndex,
  question: string,
  io: Io,
): Promise<Reorder | undefined> {
  const embedder = await openEmbedder(io, world.paths, world.config);
  if (embedder === undefined) return undefined;
  try {
    const reorder = await withVectors(world, index, question, embedder);
    if (reorder === undefined)
      io.note('warning: no embeddings yet, words alone are searched: backlog index update makes them');
    return reorder;
  } catch (error) {
    io.note(`warning: no embeddings, words alone are searched: ${messageOf(error)}`);
    return undefined;
  } finally {
    await embedder.close();
  }
}

function foundText({ path, start, end, symbols, score, text }: Found): string {
  return `${path}:${start}-${end}  ${score.toFixed(2)}${symbols === '' ? '' : `  ${symbols}`}\n${text}`;
}
