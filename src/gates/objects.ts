import { type GitObject, isFullId, nameOf, type ObjectName } from './git-facts.ts';
import { type RepositoryPlace, tryPlumb } from './repository.ts';

/**
 * Reads what will be asked for into `place.facts`, all by one process of git. What is known already is not read again; where
 * nothing can be kept, nothing is read.
 */
export async function readAhead(place: RepositoryPlace, names: readonly ObjectName[]): Promise<void> {
  const { facts } = place;
  if (facts === undefined) return;
  // git reads names line by line, and takes one that begins with dots for relative to a folder.
  const askable = names.filter(({ id, path }) => isFullId(id) && !/\n|^\.{0,2}(?:\/|$)/.test(path));
  const wanted = [...new Map(askable.map((name) => [nameOf(name), name])).values()].filter(
    (name) => !facts.objects.has(nameOf(name)),
  );
  if (wanted.length === 0) return;
  const ids = [...new Set(wanted.map(({ id }) => id))];
  const found = await objectsOf(place, [...ids, ...wanted.map(nameOf)]);
  const types = new Map(ids.map((id, index) => [id, found[index]?.type]));
  for (const [id, type] of types) if (type === 'commit') facts.commits.add(id);
  // What is in an object that this repository has not is not known: it may be fetched yet.
  for (const [index, name] of wanted.entries())
    if (types.get(name.id) !== undefined) facts.objects.set(nameOf(name), found[ids.length + index]);
}

async function objectsOf(
  place: RepositoryPlace,
  names: readonly string[],
): Promise<readonly (GitObject | undefined)[]> {
  const input = names.map((name) => `${name}\n`).join('');
  const { stdout, exitCode } = await tryPlumb(place, ['cat-file', '--batch'], { input, encoding: 'latin1' });
  let at = 0;
  return names.map(() => {
    const end = stdout.indexOf('\n', at);
    const [, type, size] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(stdout.slice(at, end)) ?? [];
    at = end + 1;
    // `<name> missing` has nothing after it.
    if (exitCode !== 0 || type === undefined || size === undefined) return undefined;
    const bytes = stdout.slice(at, at + Number(size));
    at += Number(size) + 1;
    return { type, bytes };
  });
}
