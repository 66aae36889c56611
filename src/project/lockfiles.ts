import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Lock file → the command that installs exactly what it names. The first that is there counts. */
const installers: readonly (readonly [file: string, command: string])[] = [
  ['pnpm-lock.yaml', 'pnpm install --frozen-lockfile'],
  ['bun.lock', 'bun install --frozen-lockfile'],
  ['bun.lockb', 'bun install --frozen-lockfile'],
  ['.yarnrc.yml', 'yarn install --immutable'],
  ['yarn.lock', 'yarn install --frozen-lockfile'],
  ['npm-shrinkwrap.json', 'npm ci'],
  ['package-lock.json', 'npm ci'],
  ['uv.lock', 'uv sync --frozen'],
  ['poetry.lock', 'poetry install'],
  ['Pipfile.lock', 'pipenv sync --dev'],
  ['Gemfile.lock', 'bundle install'],
  ['composer.lock', 'composer install'],
];

/** Manifest → the lock files that its package manager writes for it. */
const locksOf: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'package.json',
    ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'],
  ],
  ['pyproject.toml', ['uv.lock', 'poetry.lock', 'pdm.lock']],
  ['Pipfile', ['Pipfile.lock']],
  ['Cargo.toml', ['Cargo.lock']],
  ['go.mod', ['go.sum']],
  ['go.work', ['go.work.sum']],
  ['Gemfile', ['Gemfile.lock']],
  ['composer.json', ['composer.lock']],
  ['mix.exs', ['mix.lock']],
  ['pubspec.yaml', ['pubspec.lock']],
]);

/**
 * Whether a package manager writes `file` when `manifest` changes: a lock file of its kind in the same folder or, as workspaces
 * keep one for all members, in a folder above.
 * @param file and `manifest`: with forward slashes, from the same folder
 */
export function isLockOf(file: string, manifest: string): boolean {
  if (locksOf.get(path.posix.basename(manifest))?.includes(path.posix.basename(file)) !== true) return false;
  const folder = path.posix.dirname(file);
  return folder === '.' || path.posix.dirname(manifest) === folder || manifest.startsWith(`${folder}/`);
}

/** The text of a checkout's lock file; `undefined` where there is none. */
export function lockText(root: string): string | undefined {
  const name = installers.find(([file]) => existsSync(path.join(root, file)))?.[0];
  return name === undefined ? undefined : readFileSync(path.join(root, name), 'latin1');
}

/**
 * How a fresh checkout gets its dependencies, by its lock file; `undefined` where there is none or none is needed (Go and
 * Cargo keep theirs outside the checkout).
 */
export function installCommand(root: string): string | undefined {
  return installers.find(([file]) => existsSync(path.join(root, file)))?.[1];
}
