import type { ConfigProblem } from '../../project/config-problem.ts';
import { problem } from '../../project/config-problems.ts';
import type { JsonDocument } from '../../project/json-positions.ts';

/**
 * `${NAME}` where it would stand as it is: only keys that end in `_env` name environment variables, so that a configuration
 * can be shown to anyone and means the same everywhere.
 */
export function interpolations(document: JsonDocument): ConfigProblem[] {
  return found(document.value, [], document);
}

function found(value: unknown, path: readonly PropertyKey[], document: JsonDocument): ConfigProblem[] {
  if (typeof value === 'string') {
    const key = String(path.findLast((step) => typeof step === 'string') ?? '');
    const text = path[0] !== 'llm' || key.endsWith('_env') || key === 'response_text';
    if (text || !/\$\{\w+\}/.test(value)) return [];
    return [
      problem(
        path,
        document.lineOf(path),
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the sign itself is meant
        'holds ${…}, which is not filled in here',
        'write the value, or name the variable in a key that ends in _env (api_key_env, base_url_env)',
      ),
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value)
    ? value.flatMap((item, index) => found(item, [...path, index], document))
    : Object.entries(value).flatMap(([key, item]) => found(item, [...path, key], document));
}
