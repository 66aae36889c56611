import path from 'node:path';
import { BacklogError, messageOf } from '../../platform/errors.ts';
import { programOnPath } from '../discover.ts';
import { httpEndpoint } from '../http-endpoint.ts';
import type { OpenDeps } from '../open-deps.ts';
import { type ProbeDeps, probe } from '../probe.ts';
import type { HttpSettings } from '../providers/http-settings.ts';
import type { ProviderSettings } from '../settings.ts';
import { type Finding, failed, ok, unreachable, warning } from './finding.ts';

const httpTypes = new Set(['openai', 'anthropic', 'ollama']);
const programs: Readonly<Record<string, string>> = {
  'claude-cli': 'claude',
  'codex-cli': 'codex',
  'gemini-cli': 'gemini',
};
const PROVIDER_MS = 5_000;

/** A provider as the doctor sees it. */
export interface Patient {
  readonly name: string;
  readonly settings: ProviderSettings;
  /** Something that is asked for leads here: what is wrong with it is an error, else a warning. */
  readonly used: boolean;
}

/** What can be seen of a provider without asking anybody: its address, its key, its program, its script. */
export function checkProvider({ name, settings, used }: Patient, deps: OpenDeps): Finding[] {
  const check = 'provider';
  const wrong = used ? failed : warning;
  if (httpTypes.has(settings.type)) {
    const endpoint = endpointOf(name, settings, deps);
    if (endpoint instanceof BacklogError) return [wrong(check, endpoint.message, endpoint.fix)];
    const { apiKeyEnv, keyRequired, baseURL } = endpoint;
    if (apiKeyEnv === undefined) return [ok(check, `${name}: ${baseURL}, without a key`)];
    if (deps.env[apiKeyEnv]?.trim()) return [ok(check, `${name}: ${baseURL}, key in ${apiKeyEnv}`)];
    const what = `${name}: ${apiKeyEnv} is not set`;
    const fix = `set it: export ${apiKeyEnv}=…`;
    return [
      keyRequired || settings.apiKeyEnv !== undefined ? wrong(check, what, fix) : warning(check, what, fix),
    ];
  }
  const command = settings.command ?? programs[settings.type];
  if (command !== undefined) {
    const found = command.includes(path.sep)
      ? programOnPath(path.basename(command), { PATH: path.dirname(path.resolve(command)) })
      : programOnPath(command, deps.env);
    return [
      found === undefined
        ? wrong(check, `${name}: ${command} is not there`, `install ${command}, or write its full path`)
        : ok(check, `${name}: ${found}`),
    ];
  }
  return [ok(check, `${name}: type ${settings.type}`)];
}

/** Whether an HTTP provider answers, and takes its key. It lists models: no model is asked, nothing is paid. */
export async function checkReachable(
  { name, settings, used }: Patient,
  deps: OpenDeps & ProbeDeps,
): Promise<Finding[]> {
  if (settings.type !== 'openai' && settings.type !== 'anthropic') return [];
  const endpoint = endpointOf(name, settings, deps);
  if (endpoint instanceof BacklogError) return [];
  const check = 'provider-reachable';
  const { apiKeyEnv, baseURL } = endpoint;
  const key = apiKeyEnv === undefined ? undefined : deps.env[apiKeyEnv]?.trim();
  const answer = await probe(modelsURL(settings.type, baseURL), deps, {
    headers: { ...endpoint.headers, ...keyHeaders(settings.type, key) },
    timeoutMs: PROVIDER_MS,
  });
  if (answer === undefined) {
    const what = `${name}: nothing answers at ${baseURL}`;
    const fix = 'start it, or correct its address; behind a proxy see docs/router.md';
    return [used ? unreachable(check, what, fix) : warning(check, what, fix)];
  }
  if (answer.status === 401 || answer.status === 403) {
    const what = `${name}: ${baseURL} refuses ${key === undefined ? 'a request without a key' : `the key in ${apiKeyEnv}`} (${answer.status})`;
    return [
      (used ? failed : warning)(
        check,
        what,
        `put a valid key into ${apiKeyEnv ?? 'a variable, and name it as its key'}`,
      ),
    ];
  }
  if (answer.status >= 500)
    return [
      warning(check, `${name}: ${baseURL} answers ${answer.status}`, 'look at its own log or status page'),
    ];
  return [ok(check, `${name}: ${baseURL} answers`)];
}

function endpointOf(name: string, settings: ProviderSettings, deps: OpenDeps): HttpSettings | BacklogError {
  try {
    return httpEndpoint(name, settings, deps);
  } catch (error) {
    if (error instanceof BacklogError) return error;
    throw new Error(messageOf(error), { cause: error });
  }
}

function modelsURL(type: string, baseURL: string): string {
  const url = new URL(baseURL);
  const base = url.pathname.replace(/\/+$/, '');
  url.pathname =
    type === 'anthropic' ? `${base.replace(/\/v1$/, '')}/v1/models` : `${base === '' ? '/v1' : base}/models`;
  return url.href;
}

function keyHeaders(type: string, key: string | undefined): Record<string, string> {
  if (type === 'anthropic')
    return { 'anthropic-version': '2023-06-01', ...(key === undefined ? {} : { 'x-api-key': key }) };
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}
