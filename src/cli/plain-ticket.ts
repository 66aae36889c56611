import { parseArgs } from 'node:util';
import type { ExitCode } from '../platform/errors.ts';
import { create, edit } from './commands/ticket-write.ts';
import { globalsOf } from './globals.ts';
import { Invocation } from './invocation.ts';
import { runCommand } from './run-command.ts';
import type { CommandRow } from './table.ts';
import { ticketEdit, ticketNew } from './ticket-write-rows.ts';

/** Loaded with this file: a door of its own for each would be one more file to find and compile. */
const rows: ReadonlyMap<string | undefined, CommandRow> = new Map([
  ['new', { ...ticketNew, load: async () => create }],
  ['edit', { ...ticketEdit, load: async () => edit }],
]);

/**
 * `backlog ticket new` and `backlog ticket edit` without the command parser, whose loading costs as much as the command.
 * @returns `undefined` for anything but a well-formed call: the parser then says what is wrong, or shows the help
 */
export function plainTicketCall(argv: readonly string[]): (() => Promise<ExitCode>) | undefined {
  const [noun, verb, ...args] = argv;
  const row = noun === 'ticket' ? rows.get(verb) : undefined;
  // Behind `--` the two parsers need not agree.
  if (row === undefined || args.includes('--')) return undefined;
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: optionsOf(row) });
    if (positionals.length !== (row.args === undefined ? 0 : 1)) return undefined;
    const { 'no-color': noColor, ...options } = values;
    const globals = globalsOf({ ...options, color: !noColor });
    return () => runCommand(row, new Invocation(positionals, options), globals);
  } catch {
    return undefined;
  }
}

/** The row's options, as Node's own parser takes them. */
function optionsOf({ options = [] }: CommandRow) {
  const own = options.map(
    ([flags, , extra]) =>
      [
        /^--([a-z-]+) </.exec(flags)?.[1] ?? flags,
        { type: 'string', multiple: extra?.repeat === true },
      ] as const,
  );
  return {
    ...Object.fromEntries(own),
    json: { type: 'boolean' },
    'no-color': { type: 'boolean' },
    cwd: { type: 'string' },
    session: { type: 'string' },
    agent: { type: 'string' },
    stamp: { type: 'string' },
  } as const;
}
