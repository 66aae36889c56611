/** How declarations look in one language: what a scanner of single lines needs, and no grammar. */
export interface Language {
  /** Words that may stand before a declaration. */
  readonly modifiers: ReadonlySet<string>;
  /** Words that the declared name follows. */
  readonly keywords: ReadonlySet<string>;
  /** Keywords whose body holds members that are chunks of their own. */
  readonly containers: ReadonlySet<string>;
  /**
   * How a member looks: `keyword` (`def`, `fn`), `modified` (a modifier, a type, a name and a parenthesis: Java and its like),
   * or `bare` (a name, a parenthesis, and the line ends with a brace: JavaScript and its like).
   */
  readonly members: 'keyword' | 'modified' | 'bare';
  /** What a comment's or decorator's line begins with: it belongs to the declaration below. */
  readonly lead: RegExp;
  /** What a comment's line begins with. */
  readonly comment: RegExp;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** `//`, `/*`, ` *`, `#[…]`, `@Decorator`, `[Attribute]`. */
const slashes = /^(?:\/\/|\/\*|\*|#\[|@|\[)/;
const hashes = /^(?:#|@)/;
const slashComment = /^(?:\/\/|\/\*|\*)/;
const hashComment = /^#/;

const script: Language = {
  modifiers: set(
    'export default declare abstract async public private protected static readonly override get set',
  ),
  keywords: set('function class interface type enum namespace const let var'),
  containers: set('class'),
  members: 'bare',
  lead: slashes,
  comment: slashComment,
};

const java: Language = {
  modifiers: set(
    'public private protected internal static final abstract override sealed virtual async partial readonly unsafe extern ' +
      'synchronized native default strictfp new required file ref',
  ),
  keywords: set('class interface enum record struct namespace @interface delegate'),
  containers: set('class interface enum record struct namespace'),
  members: 'modified',
  lead: slashes,
  comment: slashComment,
};

const languages = {
  script,
  python: {
    modifiers: set('async'),
    keywords: set('def class'),
    containers: set('class'),
    members: 'keyword',
    lead: hashes,
    // The first line of a docstring says what it is about.
    comment: /^(?:#|[rR]?"""|[rR]?''')/,
  },
  go: {
    modifiers: set(''),
    keywords: set('func type const var'),
    containers: set(''),
    members: 'keyword',
    lead: slashes,
    comment: slashComment,
  },
  rust: {
    modifiers: set('pub async unsafe const extern default'),
    keywords: set('fn struct enum trait impl mod type static union macro_rules!'),
    containers: set('impl trait mod'),
    members: 'keyword',
    lead: slashes,
    comment: slashComment,
  },
  java,
  kotlin: {
    modifiers: set(
      'public private protected internal open abstract sealed final override suspend inline operator infix data enum ' +
        'annotation companion inner tailrec external const lateinit value expect actual',
    ),
    keywords: set('fun class interface object typealias'),
    containers: set('class interface object'),
    members: 'keyword',
    lead: slashes,
    comment: slashComment,
  },
  php: {
    modifiers: set('abstract final public private protected static readonly'),
    keywords: set('function class interface trait enum namespace'),
    containers: set('class interface trait enum'),
    members: 'keyword',
    lead: slashes,
    comment: slashComment,
  },
  ruby: {
    modifiers: set('private protected public'),
    keywords: set('def class module'),
    containers: set('class module'),
    members: 'keyword',
    lead: hashes,
    comment: hashComment,
  },
  swift: {
    modifiers: set(
      'public private internal fileprivate open static final override mutating async lazy weak required convenience',
    ),
    keywords: set('func class struct enum protocol extension actor init'),
    containers: set('class struct enum protocol extension actor'),
    members: 'keyword',
    lead: slashes,
    comment: slashComment,
  },
} satisfies Readonly<Record<string, Language>>;

const byEnding: Readonly<Record<string, Language>> = {
  ...endings('ts tsx mts cts js jsx mjs cjs', languages.script),
  ...endings('py pyi', languages.python),
  ...endings('go', languages.go),
  ...endings('rs', languages.rust),
  ...endings('java cs', languages.java),
  ...endings('kt kts', languages.kotlin),
  ...endings('php', languages.php),
  ...endings('rb rake', languages.ruby),
  ...endings('swift', languages.swift),
};

function endings(names: string, language: Language): Readonly<Record<string, Language>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, language]));
}

/** The language of a file by its name; `undefined` where only lines are known. */
export function languageOf(file: string): Language | undefined {
  const ending = endingOf(file);
  return Object.hasOwn(byEnding, ending) ? byEnding[ending] : undefined;
}

/** Whether a file is divided by headings. */
export function isMarkdown(file: string): boolean {
  return ['md', 'mdx', 'markdown'].includes(endingOf(file));
}

function endingOf(file: string): string {
  return file.slice(file.lastIndexOf('.') + 1).toLowerCase();
}
