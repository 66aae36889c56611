import { Command, CommanderError, Option } from 'commander';
import { ExitCode, usageError } from '../platform/errors.ts';
import { commandRows } from './commands.ts';
import { type Globals, globalsOf } from './globals.ts';
import { Invocation } from './invocation.ts';
import { processIo } from './io.ts';
import { printFailure } from './output.ts';
import { runCommand } from './run-command.ts';
import { stdout } from './stdio.ts';
import type { CommandRow } from './table.ts';

/** Parses, runs the one command that was meant, prints its failure if any. The only catch-all of the CLI. */
export async function runProgram(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.Ok;
  try {
    const program = buildProgram(rowsFor(argv), async (row, call, globals) => {
      exitCode = await runCommand(row, call, globals);
    });
    await program.parseAsync(isBare(argv) ? ['overview', ...argv] : asked(argv), { from: 'user' });
  } catch (error) {
    const failure = asUsageError(error);
    if (failure === undefined)
      return error instanceof CommanderError && error.exitCode !== 0 ? ExitCode.Usage : ExitCode.Ok;
    return printFailure(earlyIo(argv), failure);
  }
  return exitCode;
}

/** The rows that the first words may mean: one where they name it, all of them for help and for words that nobody knows. */
function rowsFor([first, second]: readonly string[]): readonly CommandRow[] {
  const named = commandRows.filter(({ name }) => name === `${first} ${second}`);
  if (named.length > 0) return named;
  const rows = commandRows.filter(
    ({ name, aliases }) => name.split(' ')[0] === first || aliases?.includes(first ?? ''),
  );
  return rows.length > 0 ? rows : commandRows;
}

/**
 * `help ticket new` and `ticket help new` as `ticket new --help`, which the parser knows. Words that name no command go to it
 * without the flag, so that it says so; never those of a whole command, which would run.
 */
function asked(argv: readonly string[]): string[] {
  const at = argv.slice(0, 2).indexOf('help');
  const words = argv.filter((_word, index) => index !== at);
  if (at < 0 || words.length === 0 || words.some((word) => word.startsWith('-'))) return [...argv];
  const names = commandRows.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const [noun = '', verb] = words;
  if (verb !== undefined && names.includes(`${noun} ${verb}`)) return [noun, verb, '--help'];
  const known = names.some((name) => name === noun || (verb === undefined && name.startsWith(`${noun} `)));
  return known ? [noun, '--help'] : words.slice(0, 2);
}

/** `backlog` by itself, with no more than flags: the overview. */
function isBare(argv: readonly string[]): boolean {
  const [first] = argv;
  return (
    first === undefined || (first.startsWith('-') && !['--help', '-h', '--version', '-V'].includes(first))
  );
}

type Run = (row: CommandRow, call: Invocation, globals: Globals) => Promise<void>;

/** The whole command tree. Exported for the tests and for docs/cli.md, which is checked against it. */
export function buildProgram(rows: readonly CommandRow[], run: Run): Command {
  const program = new Command('backlog')
    .description('Tickets that agents implement: every request priced, done only with evidence.')
    .version(__BACKLOG_VERSION__, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show help for a command')
    .showHelpAfterError(false)
    .enablePositionalOptions();
  const nouns = new Map<string, Command>([['', program]]);
  for (const row of rows) {
    const words = row.name.split(' ');
    const verb = words.pop() ?? row.name;
    addRow(nounCommand(nouns, words.join(' ')), verb, row, run);
    for (const alias of row.aliases ?? [])
      addRow(program, alias, { ...row, summary: `same as \`${row.name}\`` }, run);
  }
  for (const command of [program, ...allCommands(program)]) {
    command.exitOverride().configureOutput({ outputError: () => {}, writeOut: (text) => stdout.write(text) });
  }
  return program;
}

function nounCommand(nouns: Map<string, Command>, name: string): Command {
  const root = nouns.get('');
  const known = nouns.get(name) ?? root?.commands.find((command) => command.name() === name);
  if (known) return known;
  const command = new Command(name).description(nounSummaries[name] ?? '');
  root?.addCommand(command);
  nouns.set(name, command);
  return command;
}

const nounSummaries: Readonly<Record<string, string>> = {
  ticket: 'create, read, check, start and complete tickets',
  context: 'which ticket, gate and agent the next requests are for',
  gate: 'run and show the five gates of a ticket',
  review: 'what a reviewer sees, and the verdict',
  cost: 'what tickets, gates, agents and models cost',
  state: "the implementer's state file",
  gateway: 'the proxy that tags, prices and limits requests',
  wave: 'tickets that are implemented side by side',
  playbook: 'advice that tickets have left for later ones',
};

function addRow(parent: Command, verb: string, row: CommandRow, run: Run): void {
  // A noun may also be a command of its own (`commit`, `commit message`).
  const command = parent.commands.find((existing) => existing.name() === verb) ?? new Command(verb);
  // Its verbs have flags of the same names (`commit`, `commit message`): each takes those behind its own word.
  command.summary(row.summary).description(row.summary).enablePositionalOptions();
  if (row.args) command.arguments(row.args);
  for (const [flags, description, extra] of row.options ?? []) {
    const option = new Option(flags, description);
    if (extra?.repeat)
      option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
    command.addOption(option);
  }
  addGlobals(command);
  if (row.examples)
    command.addHelpText('after', `\nExamples:\n${row.examples.map((line) => `  ${line}`).join('\n')}`);
  command.action(async (...received: unknown[]) => {
    const options = command.opts<Record<string, unknown>>();
    await run(
      row,
      new Invocation(received.slice(0, command.registeredArguments.length), options),
      globalsOf(options),
    );
  });
  if (!parent.commands.includes(command)) parent.addCommand(command, { hidden: row.hidden ?? false });
}

function addGlobals(command: Command): void {
  command
    .option('--json', 'print one JSON document')
    .option('--cwd <dir>', 'work in this folder')
    .option('--no-color', 'no colours')
    .addOption(new Option('--session <id>', 'session of the caller; a hook fills it in').hideHelp())
    .addOption(new Option('--agent <id>', 'agent id of the caller; a hook fills it in').hideHelp())
    .addOption(new Option('--stamp <token>', 'a decision that a person took; a hook fills it in').hideHelp());
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

/** The parser's own complaints as wrong calls; help and version, which it also throws, are none. */
function asUsageError(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  if (error.exitCode === 0 || error.code === 'commander.help') return undefined;
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = /\(Did you mean (?:one of )?(.+?)\?\)/.exec(rest.join(' '))?.[1];
  return usageError(
    first,
    suggestion
      ? `did you mean ${suggestion}? \`backlog --help\` lists what there is`
      : '`backlog --help` lists the commands, `backlog <command> --help` its flags',
  );
}

/** For failures before the command's own options are known. */
function earlyIo(argv: readonly string[]): Parameters<typeof printFailure>[0] {
  return processIo({
    cwd: '/',
    json: argv.includes('--json'),
    noColor: true,
    session: undefined,
    agent: undefined,
    stamp: undefined,
    signal: new AbortController().signal,
  });
}
