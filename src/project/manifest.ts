import { existsSync } from 'node:fs';
import path from 'node:path';
import { readTextIfExists } from '../platform/files.ts';

/** What is read of a package.json; everything else in it is ignored, and a broken one counts as an empty one. */
export interface PackageManifest {
  readonly name: string | undefined;
  readonly scripts: Readonly<Record<string, string>>;
  /** Names in `dependencies` and `devDependencies`. */
  readonly dependencies: ReadonlySet<string>;
  readonly packageManager: string | undefined;
}

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** The package.json of a folder, or `undefined` when there is none. */
export function readManifest(root: string): PackageManifest | undefined {
  const text = readTextIfExists(path.join(root, 'package.json'));
  if (text === undefined) return undefined;
  const manifest = record(parse(text));
  return {
    name: textOf(manifest.name),
    scripts: Object.fromEntries(
      Object.entries(record(manifest.scripts)).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    ),
    dependencies: new Set([
      ...Object.keys(record(manifest.dependencies)),
      ...Object.keys(record(manifest.devDependencies)),
    ]),
    packageManager: textOf(manifest.packageManager),
  };
}

const lockFiles: readonly (readonly [file: string, manager: PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
];

/**
 * Who installs and runs the scripts: the manifest's `packageManager` field (Corepack), else the lock file of the folder, else
 * npm.
 * @returns `lockFile` is `undefined` when there is none
 */
export function packageManagerOf(
  root: string,
  manifest: PackageManifest | undefined,
): { readonly manager: PackageManager; readonly lockFile: string | undefined } {
  const named = /^(npm|pnpm|yarn|bun)@/.exec(manifest?.packageManager ?? '')?.[1];
  const found = lockFiles.filter(([file]) => existsSync(path.join(root, file)));
  const [lock] = named === undefined ? found : found.filter(([, manager]) => manager === named);
  const manager = lockFiles.find(([, known]) => known === named)?.[1] ?? lock?.[1] ?? 'npm';
  return { manager, lockFile: lock?.[0] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
