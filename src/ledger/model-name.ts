/** A model's name without what providers put around it. */
export interface ModelName {
  /** `claude-sonnet-4-5` for every spelling of it; any other name as it is, in lower case. */
  readonly name: string;
  /** Asked for in one region (`us.anthropic.…` on Bedrock), which costs more. */
  readonly regional: boolean;
}

const families = ['haiku', 'sonnet', 'opus', 'fable', 'mythos'];
/** Names whose version came without a minor number at first. */
const withMinor: Readonly<Record<string, string>> = {
  'claude-sonnet-4': 'claude-sonnet-4-0',
  'claude-opus-4': 'claude-opus-4-0',
};

/** Names that were asked for lately: few models are asked for again and again. */
const known = new Map<string, ModelName>();
const MOST_KNOWN = 256;

/**
 * Takes off provider prefixes (`anthropic/`, `bedrock/us.anthropic.`), date and release suffixes (`-20250929`, `@20250929`,
 * `-v1:0`, `-latest`) and the window (`[1m]`), and puts older word orders (`claude-4-sonnet`, `claude-sonnet-4.5`) into today's.
 */
export function normaliseModel(model: string): ModelName {
  const found = known.get(model);
  if (found !== undefined) return found;
  const read = readName(model);
  // A request may name anything, at any length.
  if (known.size >= MOST_KNOWN) known.clear();
  if (model.length <= 256) known.set(model, read);
  return read;
}

function readName(model: string): ModelName {
  const whole = model.trim().toLowerCase();
  const path = whole.replace(/\[\d+m\]$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const prefix = /^(?:([a-z-]{1,20})\.)?anthropic\.(?=claude)/.exec(last);
  const bare = prefix ? last.slice(prefix[0].length) : last;
  if (!bare.startsWith('claude-')) return { name: whole, regional: false };
  const undated = bare
    .replace(/-v\d+(?::\d+)?$/, '')
    .replace(/[@-]\d{8}$/, '')
    .replace(/[@-](?:latest|default)$/, '')
    .replaceAll('.', '-');
  const name = inTodaysOrder(undated);
  return { name: withMinor[name] ?? name, regional: prefix !== null && prefix[1] !== 'global' };
}

/** `claude-4-5-opus` is `claude-opus-4-5`; the 3.x models keep their order. */
function inTodaysOrder(name: string): string {
  const parts = name.split('-');
  const family = parts.at(-1) ?? '';
  const numbers = parts.slice(1, -1);
  const old = numbers.length > 0 && numbers.every((part) => /^\d$/.test(part)) && families.includes(family);
  if (old && numbers[0] !== '3') return ['claude', family, ...numbers].join('-');
  if (!old && parts[2] === '3' && families.includes(parts[1] ?? ''))
    return ['claude', ...parts.slice(2), parts[1]].join('-');
  return name;
}
