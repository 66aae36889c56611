import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { Globals } from './globals.ts';
import { heedCtrlC, wasInterrupted } from './interruption.ts';
import type { Invocation } from './invocation.ts';
import { processIo } from './io.ts';
import { printFailure } from './output.ts';
import type { CommandRow } from './table.ts';

/** Runs the command that was chosen, and prints its failure if any; an interruption has an exit code of its own. */
export async function runCommand(
  row: Pick<CommandRow, 'load'>,
  call: Invocation,
  globals: Globals,
): Promise<ExitCode> {
  const signal = heedCtrlC();
  const io = processIo({ ...globals, signal });
  try {
    const exitCode = await (await row.load())(call, io);
    return wasInterrupted() ? ExitCode.Interrupted : exitCode;
  } catch (error) {
    const isOver = signal.aborted && !(error instanceof BacklogError && error.needsWork);
    return isOver ? ExitCode.Interrupted : printFailure(io, error);
  }
}
