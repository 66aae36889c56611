import { list, record, string } from '../fields.ts';
import { type ProbeDeps, parsedJson, probe } from '../probe.ts';
import { isLoopback } from '../settings.ts';
import { type Finding, ok, warning } from './finding.ts';
import type { LiteLLM } from './litellm.ts';

const CHECK = 'free-local';
const FIX = 'name a model of this machine: "llmOps": {"tiers": {"free": ["ollama/qwen3:8b"]}}';

/** Who answers `free`, as far as it can be seen. */
export interface FreeTarget {
  /** `provider/model`. */
  readonly reference: string;
  /** A provider on this machine, by its type or its address. */
  readonly local: boolean;
  readonly baseURL: string | undefined;
  readonly litellm: boolean;
}

/** Whether `free` is really answered by this machine: a free tier that costs money is worse than none. Never an error. */
export async function checkFree(
  target: FreeTarget | undefined,
  proxy: LiteLLM | undefined,
  deps: ProbeDeps,
): Promise<Finding> {
  if (target === undefined)
    return warning(CHECK, 'nothing answers `free`', 'install Ollama and run `ollama pull qwen3:8b`');
  const { reference } = target;
  if (target.litellm) return behindLiteLLM(reference.slice(reference.indexOf('/') + 1), proxy, deps);
  if (!target.local || /[:-]cloud$/.test(reference))
    return warning(
      CHECK,
      `\`free\` is answered by ${reference}, which is not on this machine and may cost`,
      FIX,
    );
  if (target.baseURL !== undefined && !isLoopback(target.baseURL))
    return warning(
      CHECK,
      `\`free\` is answered by ${reference} at ${target.baseURL}, another machine`,
      'set OLLAMA_HOST to this machine, or take it as it is',
    );
  return ok(CHECK, `\`free\` is answered by ${reference} on this machine`);
}

/** The deployment behind the proxy's `free`. */
async function behindLiteLLM(model: string, proxy: LiteLLM | undefined, deps: ProbeDeps): Promise<Finding> {
  const answer =
    proxy &&
    (await probe(`${proxy.base}/model/info`, deps, {
      headers: proxy.key === undefined ? {} : { authorization: `Bearer ${proxy.key}` },
    }));
  const rows = answer?.status === 200 ? list(record(parsedJson(answer.text))?.data) : undefined;
  if (rows === undefined)
    return warning(
      CHECK,
      `\`free\` is answered by LiteLLM's "${model}", and what stands behind it could not be seen`,
      "look at that model in the proxy's config: its litellm_params.model should begin with ollama_chat/",
    );
  const deployments = rows
    .map(record)
    .filter((row) => row?.model_name === model)
    .map((row) => string(record(row?.litellm_params)?.model) ?? 'unknown');
  const foreign = deployments.filter((name) => !/^ollama(_chat)?\//.test(name));
  if (deployments.length === 0)
    return warning(
      CHECK,
      `LiteLLM has no model "${model}"`,
      `add it to the proxy's model_list, on ollama_chat/…`,
    );
  return foreign.length === 0
    ? ok(CHECK, `\`free\` is answered by ${deployments.join(', ')} behind LiteLLM`)
    : warning(
        CHECK,
        `LiteLLM answers "${model}" with ${foreign.join(', ')}, which may cost`,
        "put a local model behind it in the proxy's config: model: ollama_chat/qwen3-coder:30b",
      );
}
