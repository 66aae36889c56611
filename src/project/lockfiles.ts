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
