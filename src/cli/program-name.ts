import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { installRoot } from '../project/install-root.ts';

/**
 * What to type to start this very program: `backlog` or `backlog-toolkit` where PATH finds it under that name (another
 * program may have the first), `npx backlog-toolkit` when it lies in a `node_modules`, else its path, quoted for a shell.
 * @param env of the caller; npx puts `node_modules/.bin` on PATH for its child only, so those folders do not count
 */
export function programName(env: NodeJS.ProcessEnv, root: string = installRoot()): string {
  const own = path.join(root, 'bin', 'backlog');
  const folders = (env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder) && !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder));
  for (const name of ['backlog', 'backlog-toolkit']) {
    const first = folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
    if (first !== undefined && realFile(first) === realFile(own)) return name;
  }
  return root.split(path.sep).includes('node_modules') ? 'npx backlog-toolkit' : shellWord(own);
}

/** `text` with our commands (`backlog ticket list`) as they have to be typed where it is read. */
export function runnable(text: string, env: NodeJS.ProcessEnv): string {
  if (!CALL.test(text)) return text;
  const name = names.get(env) ?? programName(env);
  names.set(env, name);
  return name === 'backlog' ? text : text.replaceAll(new RegExp(CALL, 'gm'), () => `${name} `);
}

/** PATH is searched once: a large backlog has tens of thousands of findings, and the search took half of their time. */
const names = new WeakMap<NodeJS.ProcessEnv, string>();

/** Our name where a command begins: a line, a quotation, behind `fix: ` (in colour too) or "then". */
const CALL = /(?<=^|`|: |\[39m |\bthen )backlog (?=[a-z]|--?[a-z]|<[a-z]+>)/m;

function realFile(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
