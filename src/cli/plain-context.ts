import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ExitCode } from '../platform/errors.ts';
import { clear, set, show } from './commands/context.ts';
import { Invocation } from './invocation.ts';
import { processIo } from './io.ts';
import { printFailure } from './output.ts';
import type { CommandFunction } from './table.ts';

interface Form {
  readonly run: CommandFunction;
  /** Fewest and most arguments. */
  readonly args: readonly [number, number];
}

const forms: Readonly<Record<string, Form>> = {
  'context set': { run: set, args: [3, 4] },
  'set-context': { run: set, args: [3, 4] },
  'context clear': { run: clear, args: [0, 0] },
  'clear-context': { run: clear, args: [0, 0] },
  'context show': { run: show, args: [0, 0] },
};

/**
 * `backlog context …` without the command parser, whose loading costs more than the command. Agents call it before every gate.
 * @returns `undefined` for anything but a well-formed call: the parser then says what is wrong, or shows the help
 */
export function plainContextCall(argv: readonly string[]): (() => Promise<ExitCode>) | undefined {
  const words = argv[0] === 'context' ? 2 : 1;
  const name = argv.slice(0, words).join(' ');
  const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
  const parsed = form && parse(argv.slice(words), form.run === set);
  if (form === undefined || parsed === undefined) return undefined;
  const { values, positionals } = parsed;
  if (positionals.length < form.args[0] || positionals.length > form.args[1]) return undefined;
  const call = new Invocation(positionals, { strict: values.strict });
  const io = processIo({
    cwd: path.resolve(values.cwd || process.cwd()),
    json: values.json,
    noColor: values['no-color'],
    session: values.session || undefined,
    agent: values.agent || undefined,
    stamp: undefined,
    signal: new AbortController().signal,
  });
  return async () => {
    try {
      return await form.run(call, io);
    } catch (error) {
      return printFailure(io, error);
    }
  };
}

function parse(args: string[], withStrict: boolean) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        'no-color': { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        cwd: { type: 'string' },
        session: { type: 'string' },
        agent: { type: 'string' },
      },
    });
    return values.strict && !withStrict ? undefined : { values, positionals };
  } catch {
    return undefined;
  }
}
