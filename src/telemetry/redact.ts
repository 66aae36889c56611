/** A text with the secrets that could be recognised struck out. */
export interface Redacted {
  readonly text: string;
  /** How many were struck out. */
  readonly count: number;
}

interface Rule {
  readonly kind: string;
  /**
   * What is struck out, without the groups `name` and `open` that stand in front of it. Its time must grow as the text does
   * and no faster, whatever the text is: a run of characters is entered at its beginning only, or whatever follows it can
   * always match; and each has a limit, because what the engine remembers for going back has one.
   */
  readonly pattern: RegExp;
}

/** The beginning of a word. In quoted JSON and shell text a line ends in `\n`, whose `n` is no letter of the next word. */
const word = (letters: string) => String.raw`(?:(?<![A-Za-z0-9_${letters}])|(?<=\\[nrt]))`;

/** Keys to which their vendors give a form of their own. */
const tokens = [
  String.raw`sk-[\w-]{16,4096}`, // Anthropic, OpenAI, OpenRouter, LiteLLM
  String.raw`[sr]k_(?:live|test)_\w{16,4096}`, // Stripe
  String.raw`gh[pousr]_\w{16,4096}`, // GitHub
  String.raw`github_pat_\w{16,4096}`,
  String.raw`gl(?:pat|ptt|dt|rt)-[\w-]{16,4096}`, // GitLab
  String.raw`xox[a-z]-[\w-]{10,4096}`, // Slack
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}', // AWS
  String.raw`AIza[\w-]{30,4096}`, // Google
  String.raw`ya29\.[\w-]{16,4096}`,
  String.raw`(?:hf|npm|dckr_pat|dop_v1|r8|whsec|lin_api|shpat)_[\w+/=-]{16,4096}`,
  String.raw`pypi-[\w-]{16,4096}`,
  String.raw`SG\.[\w-]{16,4096}\.[\w-]{16,4096}`, // SendGrid
].join('|');

/** The ends of names whose values are secrets, in any case: `dbPassword`, `access_token`, `x-api-key`. */
const secretName = `(?:(?:api|access|private|secret|encryption|signing)[-_]?key|secret|token|passw(?:or)?d|passphrase|credentials?)`;
/** Environment variables, whose plain `KEY` counts too. */
const variable = `${word('')}[A-Z0-9_]{0,128}(?:KEY|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|CREDENTIALS?)`;
const equals = String.raw`(?:\\?["'])?[ \t]{0,4}(?:[:=]|=>)[ \t]{0,4}`;
/** Up to its end, or the line's. */
const quoted = String.raw`(?<open>\\?["'\x60])(?!\[redacted)(?:(?!\k<open>)[^\r\n]){1,65536}`;
const plain = String.raw`(?!\[redacted)[^\s"'\x60\\][^\s"'\x60]{0,16384}`;
/** In types, code and prose `token: string` is no secret: a plain value behind a space has to look like one. */
const plainWithDigit = String.raw`(?=[^\s"'\x60]{0,64}\d)${plain}`;

/** In this order: what one has struck out is not looked at by the next. */
const rules: readonly Rule[] = [
  {
    kind: 'jwt',
    pattern: pattern(String.raw`${word('-')}eyJ[\w-]{8,16384}\.[\w-]{8,16384}(?:\.[\w-]{0,16384}){0,3}`),
  },
  { kind: 'token', pattern: pattern(`${word('')}(?:${tokens})`) },
  {
    kind: 'authorization',
    pattern: pattern(
      String.raw`(?<name>authorization${equals}["']?(?:(?:bearer|basic|token|digest)[ \t]{1,4})?)(?!\[redacted|(?:bearer|basic|token|digest)\b)[^\s"',;]{1,16384}`,
      'i',
    ),
  },
  {
    kind: 'authorization',
    pattern: pattern(String.raw`(?<name>\bbearer[ \t]{1,4})(?!\[redacted)[\w.~+/=-]{6,16384}`, 'i'),
  },
  {
    kind: 'url-password',
    pattern: pattern(String.raw`(?<name>:\/\/[^\s/?#@:"'<>]{0,256}:)(?!\[redacted)[^\s/?#"'<>]{1,512}(?=@)`),
  },
  { kind: 'url-password', pattern: pattern(String.raw`(?<name>:\/\/)[^\s/?#@:"'<>[\]]{20,512}(?=@)`) },
  { kind: 'value', pattern: pattern(`(?<name>${variable}${equals})(?:${quoted}|${plain})`) },
  { kind: 'value', pattern: pattern(`(?<name>${secretName}${equals})(?:${quoted}|${plainWithDigit})`, 'i') },
  { kind: 'value', pattern: pattern(`(?<name>${secretName}=)${plain}`, 'i') },
  {
    kind: 'value',
    pattern: pattern(`(?<name>--[a-z-]{0,32}${secretName} {1,4})(?:${quoted}|${plain})`, 'i'),
  },
];

/**
 * Strikes out what has the form of a secret: keys of well-known vendors, `Bearer` and `Authorization`, JSON web tokens, private
 * keys in PEM, passwords in URLs, and the values of `KEY=`, `TOKEN=`, `password:` and their like. It errs on the side of
 * striking out; a secret that has no form (a password in a sentence) stays.
 */
export function redact(text: string): Redacted {
  let { text: result, count } = withoutPrivateKeys(text);
  for (const { kind, pattern } of rules)
    result = result.replace(pattern, (...found: unknown[]) => {
      count += 1;
      const { name = '', open = '' } = groupsOf(found.at(-1));
      return `${name}${open}[redacted:${kind}]`;
    });
  return { text: result, count };
}

function pattern(source: string, flags = ''): RegExp {
  return new RegExp(source, `g${flags}`);
}

/** The named groups, which `replace` gives last; without any it gives the whole text. */
function groupsOf(last: unknown): { readonly name?: string; readonly open?: string } {
  return typeof last === 'object' && last !== null ? last : {};
}

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,10}-----/g;
/** The first sign that a private key without its end cannot have: it is base64, header lines and line ends, `\n` too. */
const NO_KEY_LETTER = /[^A-Za-z0-9+/=:,\s\\-]/g;

function withoutPrivateKeys(text: string): Redacted {
  const kept: string[] = [];
  let [from, count, noEnd] = [0, 0, false];
  for (const { index } of text.matchAll(BEGIN)) {
    if (index < from) continue;
    kept.push(text.slice(from, index), '[redacted:private-key]');
    count += 1;
    const begun = text.indexOf('-----', index + 5) + 5;
    const end = noEnd ? -1 : text.indexOf('-----END ', begun);
    // Looked for once: without an end behind this one there is none behind the next.
    noEnd = end < 0;
    const closed = end < 0 ? -1 : text.indexOf('-----', end + 5);
    from = closed < 0 ? endOfLetters(text, begun) : closed + 5;
  }
  kept.push(text.slice(from));
  return { text: kept.join(''), count };
}

function endOfLetters(text: string, from: number): number {
  NO_KEY_LETTER.lastIndex = from;
  return NO_KEY_LETTER.exec(text)?.index ?? text.length;
}
