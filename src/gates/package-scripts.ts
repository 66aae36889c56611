/** Programs that run scripts of a package.json. */
const runners =
  /(?:^|[\s;&|(])(?:npm|pnpm|yarn|bun|npx|run-s|run-p|npm-run-all2?|concurrently|wireit|turbo|nx|node)(?=$|[\s;&|)])/;

/** Short forms that npm has for scripts. */
const aliases: Readonly<Record<string, string>> = {
  t: 'test',
  tst: 'test',
  'install-test': 'test',
  it: 'test',
};

/**
 * The scripts of a package.json that commands run, with their `pre` and `post`, and those that these run in turn. Told by names:
 * where a script runner is called, every word that is a script's name counts, so that none is missed.
 * @returns script name → its body
 */
export function scriptsOf(
  commands: readonly string[],
  packageText: string | undefined,
): Record<string, string> {
  const scripts = readScripts(packageText);
  const found: Record<string, string> = {};
  const open = [...commands];
  for (let command = open.pop(); command !== undefined; command = open.pop()) {
    for (const name of namedScripts(command, Object.keys(scripts))) {
      for (const each of [name, `pre${name}`, `post${name}`]) {
        const body = scripts[each];
        if (body === undefined || found[each] !== undefined) continue;
        found[each] = body;
        open.push(body);
      }
    }
  }
  return found;
}

function namedScripts(command: string, names: readonly string[]): string[] {
  if (!runners.test(command)) return [];
  const words = command.split(/[\s;&|()"']+/);
  return words.flatMap((word) => {
    const prefix = /^([\w:.-]+[:.])\*+$/.exec(word.replace(/^npm:/, ''))?.[1];
    if (prefix !== undefined) return names.filter((name) => name.startsWith(prefix));
    const name = aliases[word] ?? word.replace(/^npm:/, '');
    return names.includes(name) ? [name] : [];
  });
}

function readScripts(text: string | undefined): Readonly<Record<string, string>> {
  let value: unknown;
  try {
    value = JSON.parse((text ?? '{}').replace(/^\uFEFF/, ''));
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null || !('scripts' in value)) return {};
  const { scripts } = value;
  if (typeof scripts !== 'object' || scripts === null) return {};
  return Object.fromEntries(
    Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
