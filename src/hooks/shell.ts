// Reads a shell command line as POSIX sh splits it (XCU 2.2, 2.3, 2.7, 2.9), far enough to know each simple command and where
// it stands. Nothing is run or expanded. What it cannot read safely it says so, and the caller takes the careful way.

/** A word of a simple command. */
export interface Word {
  /** With quotes taken off. An expansion stands in it as it was written. */
  readonly text: string;
  /** It contains an expansion: its value is known only when it runs. */
  readonly dynamic: boolean;
  readonly start: number;
  /** Behind its last character. */
  readonly end: number;
}

export interface Redirection {
  /** `>`, `>>`, `<`, `<<`, … without a file descriptor. */
  readonly operator: string;
  readonly target: Word;
}

export interface SimpleCommand {
  /** Assignments before the program, such as `FOO=1`. */
  readonly assignments: readonly Word[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

export interface ShellLine {
  /** All simple commands, those in subshells and substitutions too. */
  readonly commands: readonly SimpleCommand[];
  /** Exactly one simple command, nothing around it. */
  readonly simple: boolean;
  /** Some of it could not be read: `commands` may miss some. */
  readonly unreadable: boolean;
}

/** Longer lines are not read: 1 MiB. */
const MOST_CHARACTERS = 1024 * 1024;
const MOST_DEPTH = 40;

const keywords = new Set([
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'while',
  'until',
  'do',
  'done',
  '!',
  '{',
  '}',
  'time',
]);
const unreadKeywords = new Set(['case', 'esac', 'function', 'select', 'coproc']);

export function readShell(source: string): ShellLine {
  if (source.length > MOST_CHARACTERS || source.includes('\0'))
    return { commands: [], simple: false, unreadable: true };
  const reader = new Reader(source);
  try {
    reader.list(0, undefined, 0);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    reader.unreadable = true;
  }
  const simple = reader.commands.length === 1 && !reader.joined && !reader.unreadable;
  return { commands: reader.commands, simple, unreadable: reader.unreadable };
}

class Unreadable extends Error {}

interface Heredoc {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
}

class Reader {
  readonly commands: SimpleCommand[] = [];
  /** There is an operator, a keyword or a substitution: more than one simple command. */
  joined = false;
  unreadable = false;
  readonly #source: string;
  #heredocs: Heredoc[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  /** Reads commands up to `end` (`)` or a backtick), or to the end of the text. @returns the index behind it */
  list(from: number, end: ')' | '`' | undefined, depth: number): number {
    if (depth > MOST_DEPTH) throw new Unreadable();
    let at = from;
    let seen = 0;
    for (;;) {
      at = this.#blanks(at);
      const char = this.#source[at];
      if (char === undefined) {
        if (end !== undefined) throw new Unreadable();
        return at;
      }
      if (char === end) return at + 1;
      if (char === '\n') {
        at = this.#bodies(at + 1);
      } else if (char === ';' || char === '&' || char === '|') {
        if (seen === 0 && char !== ';') throw new Unreadable();
        // A single trailing `;` or a `;` before a newline joins nothing.
        if (char !== ';' || this.#more(at + 1, end)) this.joined = true;
        at += this.#source[at + 1] === char || (char === '|' && this.#source[at + 1] === '&') ? 2 : 1;
        continue;
      } else if (char === '(') {
        // Arithmetic has other rules: `<<` in it shifts.
        if (this.#source[at + 1] === '(') throw new Unreadable();
        this.joined = true;
        at = this.list(at + 1, ')', depth + 1);
      } else if (char === ')') {
        throw new Unreadable();
      } else {
        if (seen > 0 && this.commands.length > 0) this.joined = true;
        at = this.#simple(at, end, depth);
      }
      seen += 1;
    }
  }

  #more(at: number, end: string | undefined): boolean {
    const next = this.#source.slice(at, at + 200).trimStart();
    return next !== '' && next[0] !== end;
  }

  /** Skips blanks, line continuations and comments. */
  #blanks(from: number): number {
    let at = from;
    for (;;) {
      const char = this.#source[at];
      if (char === ' ' || char === '\t' || char === '\r') at += 1;
      else if (char === '\\' && this.#source[at + 1] === '\n') at += 2;
      else if (char === '#') {
        const newline = this.#source.indexOf('\n', at);
        at = newline < 0 ? this.#source.length : newline;
      } else return at;
    }
  }

  #simple(from: number, end: string | undefined, depth: number): number {
    const assignments: Word[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    let timed = false;
    let at = from;
    for (;;) {
      at = this.#blanks(at);
      const char = this.#source[at];
      if (char === undefined || char === '\n' || char === ';' || char === '|' || char === end) break;
      if (char === ')') break;
      if (char === '&' && this.#source[at + 1] !== '>') break;
      if (char === '(') throw new Unreadable();
      const redirection = /^(?:\d{0,3})(?:<<<|<<-|<<|<>|<&|>>|>\||>&|&>>|&>|<|>)/.exec(
        this.#source.slice(at, at + 8),
      );
      if (redirection !== null && !/^[<>]\(/.test(this.#source.slice(at, at + 2))) {
        const operator = redirection[0].replace(/^\d+/, '');
        const targetAt = this.#blanks(at + redirection[0].length);
        const target = this.#word(targetAt, end, depth);
        if (target.end === target.start) throw new Unreadable();
        if (operator === '<<' || operator === '<<-')
          this.#heredocs.push({
            delimiter: target.text,
            quoted: /['"\\]/.test(this.#source.slice(target.start, target.end)),
            stripTabs: operator === '<<-',
          });
        redirections.push({ operator, target });
        at = target.end;
        continue;
      }
      const word = this.#word(at, end, depth);
      if (word.end === at) throw new Unreadable();
      at = word.end;
      const raw = this.#source.slice(word.start, word.end);
      if (words.length === 0 && (keywords.has(raw) || (raw === '-p' && timed))) {
        this.joined = true;
        timed = raw === 'time';
        continue;
      }
      if (words.length === 0 && unreadKeywords.has(raw)) throw new Unreadable();
      if (words.length === 0 && /^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(raw)) assignments.push(word);
      else words.push(word);
    }
    if (words.length > 0 || redirections.length > 0 || assignments.length > 0)
      this.commands.push({ assignments, words, redirections });
    return at;
  }

  #word(from: number, end: string | undefined, depth: number): Word {
    const source = this.#source;
    const parts: string[] = [];
    let dynamic = false;
    let at = from;
    for (;;) {
      const char = source[at];
      if (char === undefined || ' \t\r\n;|)'.includes(char) || char === end) break;
      if (char === '&' || char === '(') break;
      if ((char === '<' || char === '>') && source[at + 1] === '(') {
        this.joined = true;
        dynamic = true;
        at = this.list(at + 2, ')', depth + 1);
      } else if (char === '<' || char === '>') break;
      else if (char === "'") {
        const close = source.indexOf("'", at + 1);
        if (close < 0) throw new Unreadable();
        parts.push(source.slice(at + 1, close));
        at = close + 1;
      } else if (char === '"') {
        const quoted = this.#doubleQuoted(at + 1, depth);
        parts.push(quoted.text);
        dynamic ||= quoted.dynamic;
        at = quoted.end;
      } else if (char === '\\') {
        if (source[at + 1] !== '\n') parts.push(source[at + 1] ?? '');
        at += 2;
      } else if (char === '$' || char === '`') {
        const expansion = this.#expansion(at, depth);
        parts.push(source.slice(at, expansion));
        dynamic = true;
        at = expansion;
      } else {
        // A glob or a brace may become other words.
        if ('*?[{~'.includes(char)) dynamic ||= char !== '~' || at === from;
        parts.push(char);
        at += 1;
      }
    }
    return { text: parts.join(''), dynamic, start: from, end: Math.min(at, source.length) };
  }

  #doubleQuoted(from: number, depth: number): { text: string; dynamic: boolean; end: number } {
    const source = this.#source;
    const parts: string[] = [];
    let dynamic = false;
    let at = from;
    for (;;) {
      const char = source[at];
      if (char === undefined) throw new Unreadable();
      if (char === '"') return { text: parts.join(''), dynamic, end: at + 1 };
      if (char === '\\') {
        const next = source[at + 1] ?? '';
        if (next !== '\n') parts.push('"\\$`'.includes(next) ? next : `\\${next}`);
        at += 2;
      } else if (char === '$' || char === '`') {
        const end = this.#expansion(at, depth);
        const raw = source.slice(at, end);
        parts.push(raw);
        dynamic ||= raw !== '$';
        at = end;
      } else {
        parts.push(char);
        at += 1;
      }
    }
  }

  /** `$name`, `${…}`, `$(…)`, `$((…))`, `$'…'`, a backtick substitution. @returns the index behind it */
  #expansion(from: number, depth: number): number {
    const source = this.#source;
    if (source[from] === '`') {
      this.joined = true;
      return this.list(from + 1, '`', depth + 1);
    }
    const next = source[from + 1];
    if (next === '(') {
      this.joined = true;
      if (source[from + 2] === '(') {
        const close = source.indexOf('))', from + 3);
        if (close < 0 || !isArithmetic(source.slice(from + 3, close))) throw new Unreadable();
        return close + 2;
      }
      return this.list(from + 2, ')', depth + 1);
    }
    if (next === '{') {
      const close = source.indexOf('}', from + 2);
      if (close < 0 || /[`$'"{]/.test(source.slice(from + 2, close))) throw new Unreadable();
      return close + 1;
    }
    if (next === "'") throw new Unreadable();
    const name = /^\$(?:[A-Za-z_][A-Za-z0-9_]{0,255}|[0-9@*#?$!-])/.exec(source.slice(from, from + 260));
    return from + (name?.[0].length ?? 1);
  }

  /** The here-documents that were announced on the line before. */
  #bodies(from: number): number {
    let at = from;
    for (const { delimiter, quoted, stripTabs } of this.#heredocs.splice(0)) {
      const body = at;
      let found = false;
      for (;;) {
        if (at >= this.#source.length) break;
        const newline = this.#source.indexOf('\n', at);
        const end = newline < 0 ? this.#source.length : newline;
        const line = this.#source.slice(at, end);
        at = Math.min(end + 1, this.#source.length);
        if ((stripTabs ? line.replace(/^\t+/, '') : line) !== delimiter) continue;
        if (!quoted) this.#substitutionsIn(body, end);
        found = true;
        break;
      }
      // What was taken for a here-document may have been none, and then its lines are commands.
      if (!found) this.unreadable = true;
    }
    return at;
  }

  /** In an unquoted here-document commands may be substituted; those cannot be told apart safely. */
  #substitutionsIn(from: number, to: number): void {
    const body = this.#source.slice(from, to);
    if (body.includes('$(') || body.includes('`')) this.unreadable = true;
  }
}

/** `$((a + 1))`, as against `$((a); (b))`, which are subshells. */
function isArithmetic(text: string): boolean {
  if (text.includes('$(') || !/^[\w\s+\-*/%<>=!&|^~?:,$[\]#().]*$/.test(text)) return false;
  let open = 0;
  for (const char of text) {
    if (char === '$' && text.includes('$(')) return false;
    if (char === '(') open += 1;
    if (char === ')') open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}
