import { lstatSync } from 'node:fs';
import path from 'node:path';
import { isInside, realPlace } from '../../platform/files.ts';
import { runInGroup } from '../../platform/process.ts';
import { type Callable, scriptCall } from '../commands.ts';
import { normal, type World } from '../world.ts';

/** Longest that one command may take, in ms. */
const TIMEOUT_MS = 10 * 60 * 1000;

/** A verification command that may be run: a program with its arguments, and the files that it names. */
export interface TrustedCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly paths: readonly string[];
}

/**
 * A ticket is somebody else's text. A command of it is run only when it is a gate command of the configuration or a script of
 * package.json, word for word, followed by nothing but paths of files inside the project. The paths are arguments of their own;
 * no shell reads them.
 * @returns `undefined` for every other command
 */
export function trusted(command: string, { gates, manifest, world }: Callable): TrustedCommand | undefined {
  const text = command.trim();
  for (const gate of gates) {
    if (text !== gate && !text.startsWith(`${gate} `)) continue;
    const paths = plainPaths(text.slice(gate.length), world);
    // The gate command is the user's own and is run as gates are; what comes from the ticket is handed to it as "$@".
    if (paths !== undefined)
      return {
        file: 'sh',
        args: paths.length === 0 ? ['-c', gate] : ['-c', `${gate} "$@"`, 'sh', ...paths],
        paths,
      };
  }
  if (!/^[\w@:./+ -]+$/.test(text)) return undefined;
  const words = text.split(/ +/);
  const call = scriptCall(words);
  if (call === undefined || call.name.startsWith('-') || !Object.hasOwn(manifest?.scripts ?? {}, call.name))
    return undefined;
  const paths = plainPaths(call.rest.join(' '), world);
  if (paths === undefined) return undefined;
  return {
    file: words[0] ?? 'npm',
    args: ['run', call.name, ...(paths.length > 0 ? ['--', ...paths] : [])],
    paths,
  };
}

/** The words of a text when each is a file inside the project, by name and in truth; `--` before them is allowed. */
function plainPaths(text: string, world: World): string[] | undefined {
  const words = text.split(' ').filter((word) => word !== '');
  if (words[0] === '--') words.shift();
  const root = world.paths.mainRoot;
  for (const word of words) {
    const plain = normal(word);
    // By its plain name, too: `src/../.git/config` is no file that a command should be given.
    if (plain === undefined || ![word, plain].every((one) => /^[A-Za-z0-9_@][\w@./+-]*$/.test(one)))
      return undefined;
    const place = path.join(root, word);
    if (
      lstatSync(place, { throwIfNoEntry: false }) === undefined ||
      !isInside(realPlace(root), realPlace(place))
    )
      return undefined;
  }
  return words;
}

/** Whether it ended with 0 within ten minutes. */
export async function passes(
  command: TrustedCommand,
  world: World,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<boolean> {
  const { exitCode } = await runInGroup(command.file, command.args, {
    cwd: world.paths.mainRoot,
    env,
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  signal.throwIfAborted();
  return exitCode === 0;
}
