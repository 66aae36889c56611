import { existsSync } from 'node:fs';
import path from 'node:path';
import { type PackageManager, type PackageManifest, packageManagerOf, readManifest } from './manifest.ts';
import type { Stack } from './stack.ts';

/** The commands of `qualityGates`; what is not known is left out, never invented. */
export interface GateCommands {
  readonly testCommand?: string;
  readonly lintCommand?: string;
  readonly typeCheckCommand?: string;
  readonly buildCommand?: string;
}

/** What a stack usually runs where the project itself says nothing. `generic` has nothing usual. */
const usual: Readonly<Record<Exclude<Stack, 'typescript' | 'javascript'>, GateCommands>> = {
  python: { typeCheckCommand: 'mypy .', lintCommand: 'ruff check .', testCommand: 'pytest' },
  go: { typeCheckCommand: 'go vet ./...', lintCommand: 'golangci-lint run', testCommand: 'go test ./...' },
  rust: {
    typeCheckCommand: 'cargo check',
    lintCommand: 'cargo clippy -- -D warnings',
    testCommand: 'cargo test',
  },
  swift: { typeCheckCommand: 'swift build', lintCommand: 'swiftlint', testCommand: 'swift test' },
  generic: {},
};

/** The gate commands of a project: for JavaScript and TypeScript its own scripts first, then the tools that it depends on. */
export function gateCommands(root: string, stack: Stack): GateCommands {
  if (stack !== 'typescript' && stack !== 'javascript') return usual[stack];
  const manifest = readManifest(root);
  const { manager } = packageManagerOf(root, manifest);
  const script = (...names: string[]): string | undefined => ownScript(manifest, manager, names);
  const tool = (tools: readonly Tool[]): string => runTool(manager, chooseTool(manifest, tools));
  const buildCommand = script('build');
  return {
    testCommand: script('test') ?? tool(testTools),
    lintCommand: script('lint') ?? tool(lintTools),
    ...(stack === 'typescript'
      ? {
          typeCheckCommand:
            script('typecheck', 'type-check', 'check-types', 'check:types') ?? tool(typeTools),
        }
      : optional('typeCheckCommand', script('typecheck', 'type-check', 'check-types', 'check:types'))),
    ...optional('buildCommand', buildCommand),
  };
}

/** The command that makes a new worktree ready for its gates: an install by the lock file. None without a lock file. */
export function worktreeSetupCommand(root: string): string | undefined {
  const { manager, lockFile } = packageManagerOf(root, readManifest(root));
  if (lockFile === undefined) return undefined;
  const modernYarn = existsSync(path.join(root, '.yarnrc.yml'));
  const installs: Readonly<Record<PackageManager, string>> = {
    npm: 'npm ci',
    pnpm: 'pnpm install --frozen-lockfile',
    yarn: modernYarn ? 'yarn install --immutable' : 'yarn install --frozen-lockfile',
    bun: 'bun install --frozen-lockfile',
  };
  return installs[manager];
}

/**
 * Whether a gate command is only a stand-in that would pass, or fail, without testing anything: empty, `true`, a single
 * `echo`, npm's "no test specified".
 */
export function isPlaceholderCommand(command: string): boolean {
  const text = command.trim();
  return (
    /no test specified/i.test(text) ||
    /^(true|:|exit( \d+)?|)$/.test(text) ||
    /^echo\b[^&|;<>`$]*((&&|;)\s*exit( \d+)?\s*)?$/.test(text)
  );
}

/** Tools that commands name but the project does not have, by config key. For notes only: PATH differs between machines. */
export function missingTools(
  root: string,
  commands: GateCommands,
  env: NodeJS.ProcessEnv,
): { readonly key: string; readonly tool: string }[] {
  const manifest = readManifest(root);
  return Object.entries(commands).flatMap(([key, command]: [string, string]) => {
    const [first = '', ...rest] = command.split(' ');
    const local = /^(?:npx --no --|pnpm exec|yarn run|bunx --no-install) (\S+)/.exec(command)?.[1];
    if (local !== undefined) {
      const installed =
        manifest?.dependencies.has(packageOf(local)) ||
        existsSync(path.join(root, 'node_modules/.bin', local));
      const isScript = rest[0] === 'run' && manifest?.scripts[local] !== undefined;
      return installed || isScript ? [] : [{ key, tool: local }];
    }
    const onPath = (env.PATH ?? '')
      .split(path.delimiter)
      .some((folder) => existsSync(path.join(folder, first)));
    return onPath ? [] : [{ key, tool: first }];
  });
}

interface Tool {
  /** Its package in `dependencies` or `devDependencies`. */
  readonly package: string;
  readonly command: string;
}

const testTools: readonly Tool[] = [
  { package: 'vitest', command: 'vitest run' },
  { package: 'jest', command: 'jest' },
  { package: 'mocha', command: 'mocha' },
  { package: 'ava', command: 'ava' },
];
const lintTools: readonly Tool[] = [
  { package: 'eslint', command: 'eslint .' },
  { package: '@biomejs/biome', command: 'biome check .' },
  { package: 'oxlint', command: 'oxlint' },
  { package: 'xo', command: 'xo' },
];
const typeTools: readonly Tool[] = [
  { package: 'typescript', command: 'tsc --noEmit' },
  { package: 'vue-tsc', command: 'vue-tsc --noEmit' },
];

/** The first tool that the project depends on, else the first. */
function chooseTool(manifest: PackageManifest | undefined, tools: readonly Tool[]): string {
  const found = tools.find((tool) => manifest?.dependencies.has(tool.package)) ?? tools[0];
  return found?.command ?? '';
}

function packageOf(command: string): string {
  const known = [...testTools, ...lintTools, ...typeTools].find(
    (tool) => tool.command.split(' ')[0] === command,
  );
  return known?.package ?? command;
}

/** Runs a tool of the project, and never downloads one. npm needs `--`: without it npm 10 and 11 eat the tool's own flags. */
function runTool(manager: PackageManager, command: string): string {
  const runners: Readonly<Record<PackageManager, string>> = {
    npm: 'npx --no --',
    pnpm: 'pnpm exec',
    yarn: 'yarn run',
    bun: 'bunx --no-install',
  };
  return `${runners[manager]} ${command}`;
}

/** A script that does something and ends: no placeholder, no watcher. */
function ownScript(
  manifest: PackageManifest | undefined,
  manager: PackageManager,
  names: readonly string[],
): string | undefined {
  const name = names.find((candidate) => {
    const body = manifest?.scripts[candidate];
    return (
      body !== undefined && !isPlaceholderCommand(body) && !/(^|\s)--?watch(All)?\b(?!=false)/.test(body)
    );
  });
  if (name === undefined) return undefined;
  return name === 'test' && manager !== 'bun' ? `${manager} test` : `${manager} run ${name}`;
}

function optional(key: keyof GateCommands, command: string | undefined): GateCommands {
  return command === undefined ? {} : { [key]: command };
}
