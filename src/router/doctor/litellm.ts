import { list, record, string } from '../fields.ts';
import type { OpenDeps } from '../open-deps.ts';
import { type ProbeDeps, parsedJson, probe } from '../probe.ts';
import { gatewayIsNamed, litellmAt } from '../settings.ts';
import { type Finding, failed, ok, unreachable } from './finding.ts';
import { litellmVersion } from './litellm-version.ts';

const LITELLM_MS = 5_000;

/** The proxy, as far as it lets itself be seen. */
export interface LiteLLM {
  /** Without `/v1` and slash at its end. */
  readonly base: string;
  readonly key: string | undefined;
  /** The names that it answers to; `undefined` when it does not list them. */
  readonly models: readonly string[] | undefined;
  /** A database keeps its spend log. */
  readonly database: boolean;
}

export interface LiteLLMResult {
  readonly findings: readonly Finding[];
  /** `undefined` when none is there, or none that can be asked. */
  readonly proxy: LiteLLM | undefined;
}

/**
 * Version, key and models of LiteLLM. `/health` is never asked: it calls the models.
 * @param used the configuration leads to it, so that its absence is an error
 */
export async function checkLiteLLM(used: boolean, deps: OpenDeps & ProbeDeps): Promise<LiteLLMResult> {
  const { base, keyEnv } = litellmAt(deps.settings, deps.env);
  const named = used || gatewayIsNamed(deps.settings, deps.env);
  const key = deps.env[keyEnv]?.trim() || undefined;
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const ready = await probe(`${base}/health/readiness`, deps, { timeoutMs: LITELLM_MS });
  const body = record(parsedJson(ready?.text ?? ''));
  const isLiteLLM = body?.litellm_version !== undefined || body?.db !== undefined || named;
  if (ready === undefined || (!named && !isLiteLLM)) {
    const what = `LiteLLM: nothing answers at ${base}`;
    return {
      proxy: undefined,
      findings: [
        named
          ? unreachable('litellm', what, 'start it, or correct LITELLM_BASE_URL or llmOps.gateway.baseURL')
          : ok('litellm', 'no LiteLLM is configured'),
      ],
    };
  }
  const answer = await probe(`${base}/v1/models`, deps, { headers, timeoutMs: LITELLM_MS });
  const version =
    string(body?.litellm_version) ??
    ready.headers.get('x-litellm-version') ??
    answer?.headers.get('x-litellm-version') ??
    (await versionInDetails(base, headers, deps));
  const models = modelsIn(answer?.status === 200 ? answer.text : undefined);
  return {
    proxy: { base, key, models, database: string(body?.db) === 'connected' },
    findings: [litellmVersion(version), keyFinding(answer?.status, { base, keyEnv, key, models })],
  };
}

/** Since 1.84 the version stands behind the key. */
async function versionInDetails(
  base: string,
  headers: Readonly<Record<string, string>>,
  deps: ProbeDeps,
): Promise<string | undefined> {
  const answer = await probe(`${base}/health/readiness/details`, deps, { headers, timeoutMs: LITELLM_MS });
  return answer?.status === 200 ? string(record(parsedJson(answer.text))?.litellm_version) : undefined;
}

function keyFinding(
  status: number | undefined,
  seen: {
    readonly base: string;
    readonly keyEnv: string;
    readonly key: string | undefined;
    readonly models: readonly string[] | undefined;
  },
): Finding {
  const check = 'litellm';
  if (seen.models !== undefined)
    return ok(check, `LiteLLM at ${seen.base} answers; models: ${seen.models.join(', ') || 'none'}`);
  // Seen with 1.106.2 and no database: a wrong key is answered with 400 (`No connected db.`), a missing one with 500.
  if (status === 401 || status === 403 || status === 400 || (status === 500 && seen.key === undefined))
    return failed(
      check,
      seen.key === undefined
        ? `LiteLLM at ${seen.base} wants a key, and ${seen.keyEnv} is not set`
        : `LiteLLM at ${seen.base} refuses the key in ${seen.keyEnv} (${status})`,
      `export ${seen.keyEnv}=<the proxy's master key or a virtual key>`,
    );
  return unreachable(
    check,
    `LiteLLM at ${seen.base} does not list its models (${status ?? 'no answer'})`,
    "look at the proxy's log",
  );
}

function modelsIn(text: string | undefined): string[] | undefined {
  const data = text === undefined ? undefined : list(record(parsedJson(text))?.data);
  return data?.flatMap((model) => string(record(model)?.id) ?? []);
}
