import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { list, record, string } from '../fields.ts';
import { type ProbeDeps, parsedJson, probe } from '../probe.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import type { LiteLLM } from './litellm.ts';

const ANSWER_MS = 60_000;
/** LiteLLM writes its spend log every ten seconds, and a little later each time. */
const USUAL_LOG_MS = 20_000;
const PAUSE_MS = 500;

export interface RoundTrip {
  /** Model of the request; it is one token long. */
  readonly model: string;
  /** How long the spend log may take, ms. */
  readonly logMs?: number | undefined;
}

/**
 * Sends a request with a tag that nobody else uses, and looks for it in the proxy's spend log: the only proof that tags
 * arrive. Where the proxy keeps no log, or has no such model, it says that nothing was proven.
 */
export async function checkTags(proxy: LiteLLM, trip: RoundTrip, deps: ProbeDeps): Promise<Finding> {
  const check = 'litellm-tags';
  const unproven = (why: string, fix: string) =>
    warning(check, `the way of tags could not be checked: ${why}`, fix);
  if (!proxy.database)
    return unproven(
      'without a database LiteLLM keeps no spend log',
      'set DATABASE_URL of the proxy; config/litellm/docker-compose.yml has one',
    );
  if (proxy.models !== undefined && !proxy.models.includes(trip.model))
    return unproven(
      `the proxy has no model "${trip.model}"`,
      `name one that may cost a token: --probe-model ${proxy.models[0] ?? '<model>'}`,
    );
  const nonce = randomUUID();
  const tag = `backlog-doctor:${nonce}`;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-litellm-call-id': nonce,
    'x-litellm-tags': tag,
    ...(proxy.key === undefined ? {} : { authorization: `Bearer ${proxy.key}` }),
  };
  const answer = await probe(`${proxy.base}/v1/chat/completions`, deps, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      model: trip.model,
      max_tokens: 1,
      messages: [{ role: 'user', content: 'Say hello' }],
    }),
    timeoutMs: ANSWER_MS,
  });
  const id = string(record(parsedJson(answer?.text ?? ''))?.id);
  if (answer?.status !== 200 || id === undefined)
    return unproven(
      `model "${trip.model}" answered ${answer?.status ?? 'nothing'}`,
      `see why: backlog llm-call --model litellm/${trip.model} --user hello`,
    );
  const tags = await loggedTags(proxy, [id, nonce], headers, trip.logMs ?? USUAL_LOG_MS, deps);
  if (tags === undefined)
    return unproven(
      "the request did not turn up in the proxy's spend log in time",
      'run it again in a minute',
    );
  return tags.includes(tag)
    ? ok(check, 'a tag that was sent stands in the spend log')
    : failed(
        check,
        "a tag that was sent is missing from the proxy's spend log",
        'install LiteLLM 1.84.0 or newer, and see that no callback or setting takes tags out',
      );
}

async function loggedTags(
  proxy: LiteLLM,
  ids: readonly string[],
  headers: Readonly<Record<string, string>>,
  limitMs: number,
  deps: ProbeDeps,
): Promise<string[] | undefined> {
  const until = performance.now() + limitMs;
  do {
    for (const id of ids) {
      const answer = await probe(`${proxy.base}/spend/logs?request_id=${encodeURIComponent(id)}`, deps, {
        headers,
      });
      const rows = answer?.status === 200 ? rowsOf(parsedJson(answer.text)) : [];
      const [row] = rows;
      if (row !== undefined) return tagsOf(row.request_tags);
    }
    await sleep(PAUSE_MS, undefined, { signal: deps.signal }).catch(() => undefined);
  } while (performance.now() < until && !deps.signal.aborted);
  return undefined;
}

function rowsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return [list(value) ?? list(record(value)?.data) ?? value ?? []].flat().flatMap((row) => {
    const fields = record(row);
    return fields?.request_id === undefined ? [] : [fields];
  });
}

/** A list, or the text of one: the column is JSON. */
function tagsOf(value: unknown): string[] {
  const tags = typeof value === 'string' ? parsedJson(value) : value;
  return (list(tags) ?? []).flatMap((tag) => string(tag) ?? []);
}
