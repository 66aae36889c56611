import path from 'node:path';

/** Programs that run a script file, with the options after which what they run is no file of that kind. */
const interpreters: ReadonlyMap<string, RegExp> = new Map([
  ['node', /^(?:--test|--check|-c|-e|--eval|-p|--print)$/],
  ...['bash', 'sh', 'dash', 'zsh', 'ksh'].map((name) => [name, /^-[a-z]*c/] as const),
  ...['python', 'python3', 'ruby', 'perl', 'php'].map((name) => [name, /^-(?:[a-zA-Z]*[cm]|e|r)$/] as const),
  ...['tsx', 'ts-node', 'bun', 'deno'].map(
    (name) => [name, /^(?:test|lint|check|fmt|-e|--eval|--test)$/] as const,
  ),
]);

/** Runners of a task file: where they look for it, first choice first. */
const taskFiles: ReadonlyMap<string, readonly string[]> = new Map([
  ['make', ['GNUmakefile', 'makefile', 'Makefile']],
  ['gmake', ['GNUmakefile', 'makefile', 'Makefile']],
  ['just', ['justfile', 'Justfile', '.justfile']],
  ['task', ['Taskfile.yml', 'Taskfile.yaml', 'taskfile.yml']],
  ['rake', ['Rakefile', 'rakefile']],
]);

/** What only starts the program behind it. */
const starters = new Set([
  'env',
  'exec',
  'time',
  'nice',
  'npx',
  'pnpm',
  'yarn',
  'bunx',
  'poetry',
  'uv',
  'bundle',
]);

/**
 * Files of the project that commands run: `node tools/lint.js`, `./check.sh`, the Makefile of `make test`. What those files load in
 * turn is not followed. Told by words, as {@link scriptsOf} tells scripts: a file that is not there does no harm in the list.
 * @param commands as the configuration has them, and the bodies of the package scripts that they name
 * @returns paths relative to the folder in which the commands run
 */
export function runFiles(commands: readonly string[]): string[] {
  const found = commands.flatMap((command) => command.split(/[;&|()\n]+/).flatMap(filesOfSimple));
  return [...new Set(found.map((file) => path.posix.normalize(file)))].filter(isOfProject).sort();
}

/** Not what is installed beside it: that is there or not as the machine has it, and no commit carries it. */
function isOfProject(file: string): boolean {
  return !file.split('/').some((folder) => ['node_modules', '.venv', 'venv'].includes(folder));
}

function filesOfSimple(command: string): string[] {
  const words = command.split(/[\s"']+/).filter((word) => word !== '');
  let at = 0;
  while (at < words.length && isBefore(words[at] ?? '')) at += 1;
  const first = words[at] ?? '';
  const rest = words.slice(at + 1);
  const name = path.posix.basename(first);
  const tasks = taskFiles.get(name);
  if (tasks !== undefined) return namedTaskFile(rest) ?? [...tasks];
  const notFiles = interpreters.get(name);
  // A program by its path is a file of the project.
  if (notFiles === undefined) return first.includes('/') && !path.posix.isAbsolute(first) ? [first] : [];
  if (rest.some((word) => notFiles.test(word))) return [];
  const operands = rest.filter((word) => !word.startsWith('-') && word !== 'run');
  // The first may be an option's value, such as `--import tsx`.
  const operand = operands.find((word) => /[./]/.test(word)) ?? operands[0];
  return operand === undefined || path.posix.isAbsolute(operand) ? [] : [operand];
}

/** An assignment, a starter, or an option of one. */
function isBefore(word: string): boolean {
  return (
    /^[A-Za-z_]\w*=/.test(word) ||
    starters.has(path.posix.basename(word)) ||
    word.startsWith('-') ||
    word === 'run'
  );
}

function namedTaskFile(words: readonly string[]): string[] | undefined {
  const at = words.findIndex((word) => /^(?:-f|--file|--makefile|--justfile|-t|--taskfile)$/.test(word));
  const file = at < 0 ? undefined : words[at + 1];
  return file === undefined ? undefined : [file];
}
