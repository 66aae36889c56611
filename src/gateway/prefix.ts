import { createHash } from 'node:crypto';
import path from 'node:path';
import { git } from '../platform/git.ts';
import { worktreeRoot } from '../project/paths.ts';

/** Path segment of a project: its name, for people, and a digest of its place, so that no two on a machine are the same. */
export function prefixOf(root: string, name: string): string {
  return `${readable(name)}-${digestOf(root)}`;
}

export function baseUrl(port: number, prefix: string): string {
  return `http://127.0.0.1:${port}/p/${prefix}`;
}

export function digestOf(root: string): string {
  return digest(path.resolve(root));
}

/**
 * Path segment of a project in settings that are committed: the same in every clone. The digest is of where the repository comes
 * from (else of its first commits) and of the project's folder in it; outside a repository it is that of {@link prefixOf}.
 * @throws BacklogError `git-missing` (exit 4)
 */
export async function sharedPrefixOf(root: string, name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const top = worktreeRoot(root);
  const repository = top === undefined ? undefined : await repositoryOf(top, env);
  if (top === undefined || repository === undefined) return prefixOf(root, name);
  const folder = path.relative(top, path.resolve(root)).split(path.sep).join('/');
  return `${readable(name)}-${digest(`${repository} ${folder}`)}`;
}

async function repositoryOf(top: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const asked = { cwd: top, env };
  const remote = await git(['config', '--get', 'remote.origin.url'], asked);
  const place = remotePlace(remote.stdout.trim());
  if (place !== undefined) return place;
  const first = await git(['rev-list', '--max-parents=0', 'HEAD'], asked);
  return first.exitCode === 0 ? first.stdout.trim().split('\n').sort().join(' ') : undefined;
}

/** Host and path of a remote, however it is spelt: by https or ssh, with a user or without. A folder is none: it is one machine's. */
function remotePlace(url: string): string | undefined {
  const found =
    /^[a-z+]+:\/\/(?:[^@/]*@)?([^:/]+)(?::\d+)?\/(.+)$/i.exec(url) ??
    /^(?:[^@/:]+@)?([^:/]{2,}):(.+)$/.exec(url);
  const [, host = '', place = ''] = found ?? [];
  if (found === null) return undefined;
  return `${host.toLowerCase()}/${place.replaceAll(/^\/+|\/+$/g, '').replace(/\.git$/, '')}`;
}

function readable(name: string): string {
  return (
    name
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replaceAll(/^[-.]+|-+$/g, '')
      .slice(0, 60) || 'project'
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
