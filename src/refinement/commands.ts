import path from 'node:path';
import { type PackageManifest, readManifest } from '../project/manifest.ts';
import { normal, type World } from './world.ts';

/** A simple command of a line, in words. */
export interface SimpleCommand {
  readonly text: string;
  readonly words: readonly string[];
}

/** The simple commands of a command line, cut at `&&`, `||`, `;`, `|` and `&`; quotes are kept together, nothing is expanded. */
export function simpleCommands(line: string): SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  let words: string[] = [];
  let start = 0;
  let word: string | undefined;
  let quote = '';
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (at: number): void => {
    endWord();
    if (words.length > 0) commands.push({ text: line.slice(start, at).trim(), words });
    words = [];
    start = at + 1;
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if ((char === '&' && line[at - 1] === '>') || (char === '&' && line[at + 1] === '>'))
      word = (word ?? '') + char;
    else if (';|&\n'.includes(char)) endCommand(at);
    else if (/\s/.test(char)) {
      endWord();
    } else if (char === '#' && word === undefined) {
      endCommand(at);
      return commands;
    } else word = (word ?? '') + char;
  }
  endCommand(line.length);
  return commands;
}

/** What is there to be called in a project. */
export interface Callable {
  readonly manifest: PackageManifest | undefined;
  readonly gates: readonly string[];
  readonly world: World;
}

export function callable(world: World): Callable {
  return { manifest: readManifest(world.paths.mainRoot), gates: gateCommandsOf(world.config), world };
}

function gateCommandsOf({ qualityGates: gates }: World['config']): string[] {
  return [gates.testCommand, gates.lintCommand, gates.typeCheckCommand, gates.buildCommand].filter(
    (one): one is string => typeof one === 'string' && one !== '',
  );
}

const scriptAliases: Readonly<Record<string, string>> = { t: 'test', tst: 'test', it: 'test' };
const managers = new Set(['npm', 'pnpm', 'yarn', 'bun']);

/** The package script that a command runs, and the words after it; `undefined` when it runs none by a plain call. */
export function scriptCall(
  words: readonly string[],
): { readonly name: string; readonly rest: readonly string[] } | undefined {
  const [manager = '', second = '', third = ''] = words;
  if (!managers.has(manager)) return undefined;
  if (second === 'run' || second === 'run-script')
    return third === '' ? undefined : { name: third, rest: words.slice(3) };
  const name = scriptAliases[second] ?? second;
  return name === 'test' || name === 'start' ? { name, rest: words.slice(2) } : undefined;
}

const runners = new Set(['npx', 'bunx', 'pnpx']);

/** Programs that stacks and shells bring with them: whether they are installed differs between machines, not between tickets. */
const wellKnown = new Set(
  (
    'git node npm pnpm yarn bun deno python python3 pip pip3 uv poetry pytest tox nox mypy ruff black flake8 pylint pyright go gofmt ' +
    'golangci-lint cargo rustc rustfmt swift xcodebuild swiftlint java javac mvn gradle dotnet ruby bundle rake rspec php composer ' +
    'phpunit make cmake ctest just task docker docker-compose podman kubectl helm terraform psql mysql sqlite3 redis-cli curl wget ' +
    'sh bash zsh test [ [[ true false echo printf cd ls cat cp mv rm mkdir touch find grep egrep rg sed awk head tail wc sort uniq diff ' +
    'cut tr tee xargs jq yq env export set unset source . exit time timeout sleep wait kill ps which command type if then else fi for do ' +
    'done while case esac ! { } gcc g++ clang bazel buck nix backlog backlog-toolkit gh act pre-commit shellcheck hadolint'
  ).split(' '),
);

/** Why a command cannot run in this project, in words; `undefined` when nothing speaks against it. */
export function whyUnknown(
  words: readonly string[],
  { manifest, gates, world }: Callable,
  made: ReadonlySet<string>,
): string | undefined {
  const called = words.filter((word, index) => !isAssignment(word, words.slice(0, index)));
  const program = called[0] ?? '';
  if (program === '' || /[$`(){}]/.test(program)) return undefined;
  if (gates.some((gate) => gate === words.join(' ') || gate.startsWith(`${program} `) || gate === program))
    return scriptProblem(called, manifest);
  if (runners.has(program)) {
    const tool = called.slice(1).find((word) => !word.startsWith('-'));
    return tool === undefined || hasTool(tool, manifest, world)
      ? undefined
      : `${tool} is not installed in the project`;
  }
  if (managers.has(program)) return scriptProblem(called, manifest);
  if (program.includes('/')) {
    const file = normal(program);
    if (file === undefined || made.has(file) || world.has(file)) return undefined;
    return `${program} does not exist`;
  }
  if (wellKnown.has(program) || hasTool(program, manifest, world)) return undefined;
  return `${program} is no gate command, no tool of the project and no usual program`;
}

function scriptProblem(words: readonly string[], manifest: PackageManifest | undefined): string | undefined {
  const call = scriptCall(words);
  if (call === undefined || call.name.startsWith('-') || /[$`*]/.test(call.name)) return undefined;
  if (
    words.includes('--prefix') ||
    words.includes('-w') ||
    words.some((word) => word.startsWith('--workspace'))
  )
    return undefined;
  if (manifest?.scripts[call.name] !== undefined || (words[0] === 'bun' && call.name === 'test'))
    return undefined;
  return `package.json has no script ${call.name}`;
}

function hasTool(tool: string, manifest: PackageManifest | undefined, world: World): boolean {
  const name = /^(@?[^@]+)/.exec(tool)?.[1] ?? tool;
  if (wellKnown.has(name) || manifest?.dependencies.has(name) || world.has(`node_modules/.bin/${name}`))
    return true;
  return packageBinaries[name] !== undefined && manifest?.dependencies.has(packageBinaries[name]) === true;
}

/** Tools whose package has another name. */
const packageBinaries: Readonly<Record<string, string>> = {
  tsc: 'typescript',
  biome: '@biomejs/biome',
  playwright: '@playwright/test',
  depcruise: 'dependency-cruiser',
};

function isAssignment(word: string, before: readonly string[]): boolean {
  return /^[A-Za-z_]\w*=/.test(word) && before.every((one) => /^[A-Za-z_]\w*=/.test(one));
}

/** Words of a command that name files of the project: with a folder or a code ending, no flag, no pattern, no address. */
export function pathWords(words: readonly string[]): string[] {
  return words.slice(1).filter((word) => {
    if (!/^[\w@][\w@./+-]*$/.test(word) || word.startsWith('@') || !/\.[A-Za-z0-9]{1,8}$/.test(word))
      return false;
    return (
      word.includes('/') ||
      /\.(?:[cm]?[jt]sx?|py|go|rs|sh|rb|swift|java|kt|php)$/.test(path.posix.basename(word))
    );
  });
}
