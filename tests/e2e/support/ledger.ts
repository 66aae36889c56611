import { expect, vi } from 'vitest';
import type { Played, Sandbox } from './session.ts';
import { type LedgerLine, ledgerOf } from './shop.ts';

/**
 * Compares the ledger with what the scripted API answered: one line for each answer of these sessions and not one more,
 * each with that answer's own model and tokens. What a hook left to a detached process may come a little later: it is waited
 * for. @returns the lines in the order of the answers
 */
export async function expectLedgerOf(
  sandbox: Sandbox,
  ...sessions: readonly Played[]
): Promise<LedgerLine[]> {
  const answers = sessions.flatMap((session) => session.answers);
  const ids = sessions.flatMap((session) => session.requests.map((request) => request.sessionId));
  const read = () => ledgerOf(sandbox).filter((line) => ids.includes(line.session_id ?? undefined));
  const lines = await vi
    .waitUntil(() => read().length >= answers.length && read(), { timeout: 5_000, interval: 50 })
    .catch(read);
  const figures = lines.map((line) => ({
    request: line.request_id,
    agent: line.agent_id,
    model: line.model,
    tokens: [
      line.input_tokens,
      line.output_tokens,
      line.cache_read_tokens,
      line.cache_write_5m_tokens,
      line.cache_write_1h_tokens,
    ],
  }));
  const truth = answers.map(({ requestId, agentId, model, usage }) => ({
    request: requestId,
    agent: agentId ?? null,
    model,
    tokens: [
      usage.input_tokens,
      usage.output_tokens,
      usage.cache_read_input_tokens,
      usage.cache_creation_5m_input_tokens,
      usage.cache_creation_1h_input_tokens,
    ],
  }));
  const byRequest = (a: { request: string | null }, b: { request: string | null }) =>
    String(a.request).localeCompare(String(b.request));
  expect(figures.sort(byRequest)).toEqual(truth.sort(byRequest));
  return answers.map(({ requestId }) => lineOf(lines, requestId));
}

function lineOf(lines: readonly LedgerLine[], requestId: string): LedgerLine {
  const found = lines.find((line) => line.request_id === requestId);
  if (found === undefined) throw new Error(`no ledger line for ${requestId}`);
  return found;
}

/** The distinct places of some lines, in order of appearance, as `ticket gate agent`. */
export function placesOf(lines: readonly LedgerLine[]): string[] {
  return [
    ...new Set(
      lines.map((line) => [line.ticket_id, line.gate, line.agent_type].map((each) => each || '-').join(' ')),
    ),
  ];
}

/** No request is written twice, whoever reads it: not even as two lines that a reader would join. */
export function expectOneLineEach(lines: readonly LedgerLine[]): void {
  const ids = lines.map((line) => line.request_id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
}
