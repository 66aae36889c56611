import { describe, expect, it } from 'vitest';
import {
  gateCommands,
  isPlaceholderCommand,
  missingTools,
  worktreeSetupCommand,
} from '../../src/project/gate-commands.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

function project(files: Readonly<Record<string, string>>): string {
  const root = tempDir();
  writeFiles(root, files);
  return root;
}
const manifest = (content: object): Record<string, string> => ({ 'package.json': JSON.stringify(content) });

describe('what a stack usually runs', () => {
  it.each([
    ['typescript', 'npx --no -- tsc --noEmit', 'npx --no -- eslint .', 'npx --no -- vitest run'],
    ['javascript', undefined, 'npx --no -- eslint .', 'npx --no -- vitest run'],
    ['python', 'mypy .', 'ruff check .', 'pytest'],
    ['go', 'go vet ./...', 'golangci-lint run', 'go test ./...'],
    ['rust', 'cargo check', 'cargo clippy -- -D warnings', 'cargo test'],
    ['swift', 'swift build', 'swiftlint', 'swift test'],
    ['generic', undefined, undefined, undefined],
  ] as const)('%s', (stack, typeCheckCommand, lintCommand, testCommand) => {
    const commands = gateCommands(tempDir(), stack);
    expect([commands.typeCheckCommand, commands.lintCommand, commands.testCommand]).toEqual([
      typeCheckCommand,
      lintCommand,
      testCommand,
    ]);
    expect(commands.buildCommand).toBeUndefined();
  });
});

describe("a project's own scripts come first", () => {
  const scripts = { test: 'jest', lint: 'eslint src', 'type-check': 'tsc -p .', build: 'tsc' };
  it.each([
    ['package-lock.json', 'npm test', 'npm run lint', 'npm run type-check', 'npm run build'],
    ['pnpm-lock.yaml', 'pnpm test', 'pnpm run lint', 'pnpm run type-check', 'pnpm run build'],
    ['yarn.lock', 'yarn test', 'yarn run lint', 'yarn run type-check', 'yarn run build'],
    ['bun.lock', 'bun run test', 'bun run lint', 'bun run type-check', 'bun run build'],
  ])('with %s', (lock, testCommand, lintCommand, typeCheckCommand, buildCommand) => {
    const root = project({ ...manifest({ scripts }), [lock]: '' });
    expect(gateCommands(root, 'typescript')).toEqual({
      testCommand,
      lintCommand,
      typeCheckCommand,
      buildCommand,
    });
  });

  it('the packageManager field wins over a stray lock file', () => {
    const root = project({ ...manifest({ scripts, packageManager: 'pnpm@9.1.0' }), 'package-lock.json': '' });
    expect(gateCommands(root, 'javascript').testCommand).toBe('pnpm test');
    expect(worktreeSetupCommand(root)).toBeUndefined();
  });

  it.each([
    'echo "Error: no test specified" && exit 1',
    'echo todo',
    'true',
    'vitest --watch',
    'jest --watchAll',
    'react-scripts test --watch',
  ])('but a test script %j is none', (test) => {
    const root = project(manifest({ scripts: { test }, devDependencies: { jest: '1' } }));
    expect(gateCommands(root, 'javascript').testCommand).toBe('npx --no -- jest');
  });

  it.each(['jest --watch=false', 'node --test', 'echo start && jest'])('and %j is one', (test) => {
    expect(gateCommands(project(manifest({ scripts: { test } })), 'javascript').testCommand).toBe('npm test');
  });

  it('without scripts, the tools that the project depends on', () => {
    const devDependencies = { mocha: '1', '@biomejs/biome': '2', typescript: '5' };
    expect(
      gateCommands(project({ ...manifest({ devDependencies }), 'pnpm-lock.yaml': '' }), 'typescript'),
    ).toEqual({
      testCommand: 'pnpm exec mocha',
      lintCommand: 'pnpm exec biome check .',
      typeCheckCommand: 'pnpm exec tsc --noEmit',
    });
  });

  it.each(['{', '[]', '{"scripts": 3}', '{"scripts": {"test": 3}}'])(
    'a package.json %j counts as an empty one',
    (text) => {
      expect(gateCommands(project({ 'package.json': text }), 'javascript').testCommand).toBe(
        'npx --no -- vitest run',
      );
    },
  );
});

it.each([
  [['package-lock.json'], 'npm ci'],
  [['pnpm-lock.yaml'], 'pnpm install --frozen-lockfile'],
  [['yarn.lock'], 'yarn install --frozen-lockfile'],
  [['yarn.lock', '.yarnrc.yml'], 'yarn install --immutable'],
  [['bun.lockb'], 'bun install --frozen-lockfile'],
  [[], undefined],
])('a worktree of a project with %j is made ready by %s', (files, command) => {
  expect(worktreeSetupCommand(project(Object.fromEntries(files.map((file) => [file, '']))))).toBe(command);
});

it.each([
  ['', true],
  ['  ', true],
  ['true', true],
  [':', true],
  ['exit 0', true],
  ['echo "configure me"', true],
  ['echo "Error: no test specified" && exit 1', true],
  ['echo a; exit 0', true],
  ['echo start && npm test', false],
  ['echo $(npm test)', false],
  ['npm test', false],
  ['truely', false],
  ['exit 0 || npm test', false],
])('%j is a placeholder: %s', (command, placeholder) =>
  expect(isPlaceholderCommand(command)).toBe(placeholder),
);

it('names the tools that are not there', () => {
  const root = project({
    ...manifest({ devDependencies: { eslint: '9' }, scripts: { lint: 'eslint' } }),
    'bin/pytest': '',
  });
  const env = { PATH: `${root}/bin` };
  expect(
    missingTools(
      root,
      { testCommand: 'pytest', lintCommand: 'npx --no -- eslint .', typeCheckCommand: 'mypy .' },
      env,
    ),
  ).toEqual([{ key: 'typeCheckCommand', tool: 'mypy' }]);
  expect(
    missingTools(root, { testCommand: 'npx --no -- vitest run', lintCommand: 'yarn run lint' }, env),
  ).toEqual([{ key: 'testCommand', tool: 'vitest' }]);
});
