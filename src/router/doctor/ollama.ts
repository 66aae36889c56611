import { amount, list, record, string } from '../fields.ts';
import type { OpenDeps } from '../open-deps.ts';
import { type ProbeDeps, parsedJson, probe } from '../probe.ts';
import { type Finding, ok, warning } from './finding.ts';

const USUAL_MODEL = 'qwen3:8b';
/** What Ollama's own documentation asks for with coding tools (docs: context length). */
const ENOUGH_CONTEXT = 64_000;

/**
 * Ollama: up, model installed, loaded, room enough. All of it is optional, so nothing here is an error.
 * @param base its address, without a path
 * @param wanted models that the configuration names; empty for "whatever is installed"
 */
export async function checkOllama(
  base: string,
  wanted: readonly string[],
  deps: OpenDeps & ProbeDeps,
): Promise<Finding[]> {
  const models = wanted.length > 0 ? wanted : [USUAL_MODEL];
  const pull = models.map((model) => `ollama pull ${model}`).join(' && ');
  const [up, tags, loaded] = await Promise.all([
    ask(`${base}/api/version`, deps),
    ask(`${base}/api/tags`, deps),
    ask(`${base}/api/ps`, deps),
  ]);
  const version = string(up?.version);
  if (version === undefined)
    return [
      warning(
        'ollama',
        `no Ollama answers at ${base}: there is no free model on this machine`,
        `install it (https://ollama.com), start it with \`ollama serve\`, then \`${pull}\``,
      ),
    ];
  const installed = namesIn(tags).map(({ name }) => name);
  const missing = wanted.length > 0 ? wanted.filter((model) => !has(installed, model)) : [];
  const findings = [ok('ollama', `Ollama ${version} at ${base}`)];
  if (installed.length === 0 || missing.length > 0)
    findings.push(
      warning(
        'ollama-model',
        missing.length > 0 ? `Ollama has no model ${missing.join(', ')}` : 'Ollama has no model installed',
        `run \`${(missing.length > 0 ? missing : models).map((model) => `ollama pull ${model}`).join(' && ')}\``,
      ),
    );
  else findings.push(ok('ollama-model', `installed: ${installed.join(', ')}`));
  const present = (wanted.length > 0 ? wanted : installed.slice(0, 1)).filter((model) =>
    has(installed, model),
  );
  findings.push(...present.map((model) => roomOf(model, namesIn(loaded), deps.env)));
  return findings;
}

interface Running {
  readonly name: string;
  readonly context: number | undefined;
}

/** Whether a model is loaded, and how much it can hold. */
function roomOf(model: string, running: readonly Running[], env: NodeJS.ProcessEnv): Finding {
  const check = 'ollama-context';
  const warm = running.find(({ name }) => has([name], model));
  const state = warm === undefined ? 'not loaded, so its first answer takes longer' : 'loaded';
  const room = warm?.context ?? amount(env.OLLAMA_CONTEXT_LENGTH);
  const fix = `set OLLAMA_CONTEXT_LENGTH=${ENOUGH_CONTEXT} for \`ollama serve\`, or num_ctx of the provider`;
  if (room === undefined)
    return warning(check, `${model}: ${state}; how much context it has is not known`, fix);
  const what = `${model}: ${state}, ${room} tokens of context`;
  return room < ENOUGH_CONTEXT
    ? warning(check, `${what}; Ollama cuts what does not fit without a word`, fix)
    : ok(check, what);
}

function has(names: readonly string[], model: string): boolean {
  return names.some((name) => name === model || name === `${model}:latest`);
}

function namesIn(body: Readonly<Record<string, unknown>> | undefined): Running[] {
  return (list(body?.models) ?? []).flatMap((model) => {
    const fields = record(model);
    const name = string(fields?.name);
    return name === undefined ? [] : [{ name, context: amount(fields?.context_length) }];
  });
}

async function ask(url: string, deps: ProbeDeps): Promise<Readonly<Record<string, unknown>> | undefined> {
  const answer = await probe(url, deps);
  return answer?.status === 200 ? record(parsedJson(answer.text)) : undefined;
}
