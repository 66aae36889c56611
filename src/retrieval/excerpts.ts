import type { Ticket } from '../tickets/ticket.ts';
import { answer, type Found } from './answer.ts';
import { refreshIndex } from './refresh.ts';
import type { SourceWorld } from './sources.ts';

/** Most tokens of a prompt that go to pieces of the index: two or three files of the usual size. */
const BUDGET_TOKENS = 4_000;

/**
 * Pieces of code for who works on a ticket or judges it, where `llmOps.ragPolicy.enabled` says so; found by words alone, so that
 * the same ticket and code give the same prompt, at no cost.
 * @param without files that the prompt shows in another way
 */
export async function excerptsFor(
  world: SourceWorld,
  ticket: Pick<Ticket, 'title' | 'criteria' | 'affectedFiles'>,
  without: readonly string[],
): Promise<readonly Found[]> {
  const { enabled, topK } = world.config.llmOps.ragPolicy;
  if (!enabled) return [];
  const { index } = await refreshIndex(world, { answerOnly: true });
  const left = new Set(without);
  const tickets = new Set(index.files.flatMap(({ kind, path }) => (kind === 'ticket' ? [path] : [])));
  return answer(index, world.paths, {
    question: questionOf(ticket),
    top: topK,
    budgetTokens: BUDGET_TOKENS,
    without: (path) => left.has(path) || tickets.has(path),
  });
}

/** What a ticket asks for, as a question to the index. */
export function questionOf({
  title,
  criteria,
  affectedFiles,
}: Pick<Ticket, 'title' | 'criteria' | 'affectedFiles'>): string {
  const files = affectedFiles.map(({ path, description }) => `${path} ${description}`);
  return [title, ...criteria.map(({ text }) => text), ...files].join('\n');
}

/** The pieces in Markdown, each with its place. */
export function excerptLines(found: readonly Found[]): string[] {
  return found.map(({ path, start, end, text }) => `${path}:${start}-${end}\n\n${fenced(text)}\n`);
}

/** A fence longer than any inside, so that no piece can end it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/^\s*(`{3,})/gm)].map((match) => match[1]?.length ?? 0));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.trimEnd()}\n${fence}`;
}
