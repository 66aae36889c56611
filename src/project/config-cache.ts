import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checksum } from '../platform/checksum.ts';
import { isInside, realPlace, temporaryBeside, textUpTo } from '../platform/files.ts';
import type { LoadedConfig } from './config.ts';
import type { ProjectPaths } from './paths.ts';

// A configuration as it was read before, for commands that a person waits for: the schema, which checks it, takes longer to load
// than such a command to run. Of gates, whose configuration is that of a ticket's base commit, nothing goes through here.

type Known = Pick<LoadedConfig, 'config' | 'warnings'>;

/** A configuration has a few kB. */
const MOST = 8 * 1024 * 1024;

/**
 * What `loadConfig` gives: from the cache where this very program has read this very text before, else by reading it.
 * @throws BacklogError what `loadConfig` throws
 */
export async function knownConfig(paths: ProjectPaths, cwd: string): Promise<Known> {
  const text = textUpTo(paths.configFile, MOST);
  const cached = text === undefined ? undefined : fromCache(paths, text);
  if (cached !== undefined) return cached;
  const { loadConfig } = await import('./config.ts');
  const { config, warnings, text: read } = loadConfig(paths, cwd);
  keep(paths, read, { config, warnings });
  return { config, warnings };
}

function cacheFile(opsDir: string): string {
  return path.join(opsDir, 'cache', 'config.json');
}

function fromCache(paths: ProjectPaths, text: string): Known | undefined {
  const cached = textUpTo(cacheFile(paths.opsDir), MOST);
  const end = cached?.indexOf('\n') ?? -1;
  if (cached === undefined || end < 0) return undefined;
  const body = cached.slice(end + 1);
  if (cached.slice(0, end) !== headOf(text, body)) return undefined;
  try {
    const known: Known = JSON.parse(body);
    return leadsOutside(paths, known) ? undefined : known;
  } catch {
    // None of ours: the configuration is read instead.
    return undefined;
  }
}

/** The first line: a checksum over the program, the text that was read and what it came to. */
function headOf(text: string, body: string): string {
  return checksum(JSON.stringify([__BACKLOG_READER__, text, body]));
}

/** As `loadConfig` refuses, which then says so: folders can become links while the text stays. */
function leadsOutside({ mainRoot }: ProjectPaths, { config }: Known): boolean {
  const root = realPlace(mainRoot);
  const { dataDir, templatesDir } = config.backlog;
  return [dataDir, templatesDir].some((folder) => !isInside(root, realPlace(path.join(mainRoot, folder))));
}

/** Nothing of it throws: a command works without. */
function keep({ opsDir }: ProjectPaths, text: string, known: Known): void {
  const body = JSON.stringify(known);
  // Only what comes back the same; and a project without our folder stays without.
  if (!isDeepStrictEqual(JSON.parse(body), known) || !existsSync(opsDir)) return;
  const file = cacheFile(opsDir);
  const temporary = temporaryBeside(file);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(temporary, `${headOf(text, body)}\n${body}`, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // Whoever may not write here reads it each time.
    rmSync(temporary, { force: true });
  }
}
