import type { ExitCode } from '../platform/errors.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';

/** What a command's function looks like: values in, exit code out; it prints through `io` only. */
export type CommandFunction = (call: Invocation, io: Io) => Promise<ExitCode>;

/** One row of the table of commands. Nothing is loaded before the row is chosen. */
export interface CommandRow {
  /** As typed, `noun verb` or a single word. */
  readonly name: string;
  /** commander's notation: `<ticket>`, `[skill]`, `[ids...]`. */
  readonly args?: string;
  readonly summary: string;
  /** `[flags, description]`; `{repeat: true}` collects every value. */
  readonly options?: readonly (readonly [
    flags: string,
    description: string,
    extra?: { readonly repeat: true },
  ])[];
  /** Whole other names, such as `set-context`. */
  readonly aliases?: readonly string[];
  /** Command lines that run as they stand (checked by a test). */
  readonly examples?: readonly string[];
  readonly hidden?: true;
  readonly load: () => Promise<CommandFunction>;
}
