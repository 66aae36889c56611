/** Path into a JSON document: keys and indices. */
export type JsonPath = readonly PropertyKey[];

export interface JsonProblem {
  readonly path: JsonPath;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export interface JsonDocument {
  readonly value: unknown;
  /** Repeated keys, and keys that no configuration may have. */
  readonly problems: readonly JsonProblem[];
  /** 1-based line of the value at `path`, or of the deepest part of `path` that is there. */
  lineOf(path: JsonPath): number;
  /** 1-based line of the key itself, which may stand on another line than its value. */
  lineOfKey(path: JsonPath, key: string): number;
}

/** What makes the text no JSON. Nothing after it can be judged. */
export class JsonSyntaxError extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

interface Node {
  readonly line: number;
  readonly children: ReadonlyMap<string, { readonly keyLine: number; readonly node: Node }>;
}

/** Deeper than any configuration; keeps a hostile file from exhausting the stack. */
const MAX_DEPTH = 64;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__']);
const NO_CHILDREN: Node['children'] = new Map();

/**
 * Reads JSON (RFC 8259) and remembers the line of every value, which JSON.parse does not tell. Linear in the text.
 * @throws JsonSyntaxError
 */
export function parseJsonWithPositions(text: string): JsonDocument {
  const reader = new Reader(text);
  const { value, node } = reader.document();
  return {
    value,
    problems: reader.problems,
    lineOf: (path) => deepest(node, path).line,
    lineOfKey: (path, key) => {
      const parent = deepest(node, path);
      return parent.children.get(key)?.keyLine ?? parent.line;
    },
  };
}

function deepest(root: Node, path: JsonPath): Node {
  let node = root;
  for (const step of path) {
    const child = node.children.get(String(step));
    if (child === undefined) return node;
    node = child.node;
  }
  return node;
}

class Reader {
  readonly problems: JsonProblem[] = [];
  readonly #text: string;
  readonly #path: PropertyKey[] = [];
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  document(): { value: unknown; node: Node } {
    this.#space();
    if (this.#at === this.#text.length) throw this.#error('the file is empty');
    const result = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#error(`${this.#here()} after the end of the document`);
    return result;
  }

  #value(): { value: unknown; node: Node } {
    const line = this.#line;
    const character = this.#text[this.#at];
    if (character === '{') return this.#object();
    if (character === '[') return this.#array();
    return {
      value: character === '"' ? this.#string() : this.#literal(),
      node: { line, children: NO_CHILDREN },
    };
  }

  #object(): { value: unknown; node: Node } {
    const line = this.#line;
    const value: Record<string, unknown> = {};
    const children = new Map<string, { keyLine: number; node: Node }>();
    this.#open();
    while (this.#text[this.#at] !== '}') {
      if (this.#text[this.#at] !== '"')
        throw this.#error(`${this.#here()} where a key in double quotes or } is expected`);
      const keyLine = this.#line;
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') throw this.#error(`${this.#here()} where : is expected after a key`);
      this.#at += 1;
      this.#space();
      const earlier = children.get(key);
      if (earlier !== undefined)
        this.#problem(key, keyLine, `is given twice, first on line ${earlier.keyLine}`);
      this.#path.push(key);
      const member = this.#value();
      this.#path.pop();
      if (FORBIDDEN_KEYS.has(key)) this.#problem(key, keyLine, 'is not allowed as a key');
      else value[key] = member.value;
      children.set(key, { keyLine, node: member.node });
      this.#separator('}');
    }
    this.#at += 1;
    return { value, node: { line, children } };
  }

  #array(): { value: unknown; node: Node } {
    const line = this.#line;
    const value: unknown[] = [];
    const children = new Map<string, { keyLine: number; node: Node }>();
    this.#open();
    while (this.#text[this.#at] !== ']') {
      this.#path.push(value.length);
      const item = this.#value();
      this.#path.pop();
      children.set(String(value.length), { keyLine: item.node.line, node: item.node });
      value.push(item.value);
      this.#separator(']');
    }
    this.#at += 1;
    return { value, node: { line, children } };
  }

  #open(): void {
    if (this.#path.length >= MAX_DEPTH) throw this.#error(`nested deeper than ${MAX_DEPTH} levels`);
    this.#at += 1;
    this.#space();
  }

  /** The comma between two members, or nothing before the closing bracket. */
  #separator(closing: '}' | ']'): void {
    this.#space();
    if (this.#text[this.#at] === closing) return;
    if (this.#text[this.#at] !== ',') throw this.#error(`${this.#here()} where , or ${closing} is expected`);
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === closing)
      throw this.#error(`a comma before ${closing}, which JSON does not allow`);
  }

  #string(): string {
    const from = this.#at;
    let to = from + 1;
    for (; this.#text[to] !== '"'; to += this.#text[to] === '\\' ? 2 : 1) {
      const character = this.#text[to];
      if (character === undefined || character === '\n')
        throw this.#error('a string without its closing quote');
    }
    this.#at = to + 1;
    try {
      const value: unknown = JSON.parse(this.#text.slice(from, this.#at));
      return String(value);
    } catch {
      throw this.#error(
        'a string with a control character or an unknown escape (a backslash is written \\\\)',
      );
    }
  }

  #literal(): unknown {
    const token = /[-+.\w]*/y;
    token.lastIndex = this.#at;
    const word = token.exec(this.#text)?.[0] ?? '';
    try {
      const value: unknown = JSON.parse(word);
      this.#at += word.length;
      return value;
    } catch {
      throw this.#error(`${this.#here()} where a value is expected`);
    }
  }

  #space(): void {
    for (; ; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === '\n') this.#line += 1;
      else if (character !== ' ' && character !== '\t' && character !== '\r') return;
    }
  }

  #here(): string {
    if (this.#at >= this.#text.length) return 'the file ends';
    if (this.#text.startsWith('//', this.#at) || this.#text.startsWith('/*', this.#at))
      return 'a comment, which JSON does not have,';
    const token = /[-+.\w]{1,20}|[\s\S]/uy;
    token.lastIndex = this.#at;
    return JSON.stringify(token.exec(this.#text)?.[0] ?? '');
  }

  #problem(key: string, line: number, message: string): void {
    this.problems.push({ path: [...this.#path, key], line, message });
  }

  #error(message: string): JsonSyntaxError {
    return new JsonSyntaxError(message, this.#line);
  }
}
