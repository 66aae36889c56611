import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { isInside } from '../platform/files.ts';
import { plumb, type RepositoryPlace } from './repository.ts';

/**
 * Ignored files and folders that a checkout needs to run and that no build makes: installed dependencies and local settings.
 * Build outputs are not among them: a base that used the new build would be no base.
 */
const needed: ReadonlySet<string> = new Set([
  'node_modules',
  '.yarn',
  '.pnp.cjs',
  '.pnp.loader.mjs',
  '.venv',
  'venv',
  '__pypackages__',
  'vendor',
  'vendor/bundle',
  'Pods',
  'Carthage',
  '.env',
  '.env.local',
  '.env.test',
  '.env.test.local',
  '.npmrc',
]);

/** Among them what an install command makes; the others are settings, which make nothing run. */
const installed: ReadonlySet<string> = new Set([
  'node_modules',
  '.pnp.cjs',
  '.venv',
  'venv',
  '__pypackages__',
  'vendor',
  'bundle',
  'Pods',
  'Carthage',
]);

/** Whether something that was linked stands for installed dependencies. */
export function isInstalled(linked: string): boolean {
  return installed.has(path.posix.basename(linked));
}

/** Inside node_modules: caches that a run writes to. */
const caches: ReadonlySet<string> = new Set(['.cache', '.vite', '.vite-temp', '.vitest']);

/**
 * Links the ignored dependency folders of a checkout into a copy of another commit. A folder becomes a folder of links and not one
 * link: a rule such as `.venv/` ignores folders only, and a link that is not ignored would be a change of the copy. In `node_modules`, packages of the same repository (workspaces) must be the copy's own, else the copy would test the code
 * of the checkout, and an installer that clears the folder must not clear the user's.
 * @param from checkouts to take them from, first choice first
 * @returns what was linked, relative to the root
 */
export async function linkDependencies(copy: RepositoryPlace, from: readonly string[]): Promise<string[]> {
  const linked: string[] = [];
  for (const root of new Set(from)) {
    for (const name of await ignoredNeeds({ ...copy, worktree: root })) {
      const target = path.join(copy.worktree, name);
      if (exists(target) || !existsSync(path.dirname(target))) continue;
      const source = path.join(root, name);
      if (path.basename(name) === 'node_modules') linkModules(source, target, root, copy.worktree);
      else if (lstatSync(source).isDirectory()) linkEntries(source, target);
      else symlinkSync(source, target);
      linked.push(name);
    }
  }
  return linked;
}

async function ignoredNeeds(place: RepositoryPlace): Promise<string[]> {
  const listed = await plumb(place, [
    'ls-files',
    '--others',
    '--ignored',
    '--exclude-standard',
    '--directory',
    '--no-empty-directory',
    '-z',
  ]);
  return listed
    .split('\0')
    .map((entry) => entry.replace(/\/$/, ''))
    .filter(
      (entry) => needed.has(path.posix.basename(entry)) || needed.has(entry.split('/').slice(-2).join('/')),
    );
}

function linkEntries(source: string, target: string): void {
  mkdirSync(target);
  for (const name of readdirSync(source)) {
    const entry = path.join(source, name);
    // git reads no rules through a link.
    if (name === '.gitignore') copyFileSync(entry, path.join(target, name));
    else symlinkSync(entry, path.join(target, name));
  }
}

function linkModules(source: string, target: string, root: string, copyRoot: string): void {
  mkdirSync(target);
  for (const name of readdirSync(source)) {
    if (caches.has(name)) continue;
    const entry = path.join(source, name);
    const goal = path.join(target, name);
    if (name.startsWith('@') && lstatSync(entry).isDirectory()) linkModules(entry, goal, root, copyRoot);
    else symlinkSync(ownPackage(entry, root, copyRoot) ?? entry, goal);
  }
}

/** The copy's own folder of a workspace package; `undefined` for everything that was installed. */
function ownPackage(entry: string, root: string, copyRoot: string): string | undefined {
  if (!lstatSync(entry).isSymbolicLink()) return undefined;
  let real: string;
  try {
    real = realpathSync(entry);
  } catch {
    return undefined;
  }
  const realRoot = realpathSync(root);
  if (!isInside(realRoot, real) || real.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
  const own = path.join(copyRoot, path.relative(realRoot, real));
  return existsSync(own) ? own : undefined;
}

function exists(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch {
    return false;
  }
}
