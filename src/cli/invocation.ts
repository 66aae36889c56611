import { type BacklogError, usageError } from '../platform/errors.ts';
import { nearest } from '../platform/suggest.ts';

/** What was typed, after the parser: arguments by position, options by their long name in camelCase. */
export class Invocation {
  readonly #args: readonly unknown[];
  readonly #options: Readonly<Record<string, unknown>>;

  constructor(args: readonly unknown[], options: Readonly<Record<string, unknown>>) {
    this.#args = args;
    this.#options = options;
  }

  /** A single argument; `undefined` when it was left out. */
  arg(index: number): string | undefined {
    const value = this.#args[index];
    return typeof value === 'string' ? value : undefined;
  }

  /** An argument that the parser has already asked for (`<name>`). */
  requiredArg(index: number, name: string): string {
    const value = this.arg(index);
    if (value === undefined)
      throw usageError(`argument <${name}> is missing`, 'add it; `--help` shows the form');
    return value;
  }

  /** All values of a variadic argument. */
  args(index: number): string[] {
    const value = this.#args[index];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  flag(name: string): boolean {
    return this.#options[name] === true;
  }

  /** For `--no-x`, which the parser turns into `x: false`. */
  isOff(name: string): boolean {
    return this.#options[name] === false;
  }

  text(name: string): string | undefined {
    const value = this.#options[name];
    return typeof value === 'string' ? value : undefined;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined)
      throw usageError(`option --${kebab(name)} is missing`, `add --${kebab(name)} <value>`);
    return value;
  }

  /** All values of an option that may be repeated. */
  texts(name: string): string[] {
    const value = this.#options[name];
    if (typeof value === 'string') return [value];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  /** A finite number; anything else is a wrong call. */
  number(
    name: string,
    range: { readonly min?: number; readonly max?: number; readonly integer?: boolean } = {},
  ): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = range;
    if (!Number.isFinite(value) || value < min || value > max || (integer && !Number.isInteger(value))) {
      const kind = integer ? 'a whole number' : 'a number';
      const from = Number.isFinite(min) ? ` from ${min}` : '';
      const to = Number.isFinite(max) ? ` to ${max}` : '';
      throw usageError(
        `--${kebab(name)} is "${text}", not ${kind}${from}${to}`,
        `pass ${kind}${from}${to}, such as --${kebab(name)} ${Number.isFinite(min) ? min : 1}`,
      );
    }
    return value;
  }

  /** One of a fixed set of words. */
  choice<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw noSuchWord(`--${kebab(name)}`, text, choices);
    return found;
  }
}

/** The error for a word that is none of those which are possible, with the one that was probably meant. */
export function noSuchWord(what: string, word: string, choices: readonly string[]): BacklogError {
  const meant = nearest(word, choices);
  return usageError(
    `${what} is "${word}", not one of ${choices.join(', ')}`,
    meant === undefined ? `pass one of: ${choices.join(', ')}` : `did you mean ${meant}?`,
  );
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
