import { readBody } from '../../tickets/parse.ts';
import type { Ticket } from '../../tickets/ticket.ts';

/** What a ticket names in backticks. */
export interface Mention {
  readonly text: string;
  readonly line: number;
  /** Said where something is made: an added, created or exported thing need not exist yet. */
  readonly isMade: boolean;
  /** Said where nothing is asked of it: it is out of scope, has gone, or is set outside the code. */
  readonly isAside: boolean;
}

/** Sections that record what happened; they ask for nothing. */
const records = new Set([
  'history',
  'cost estimate',
  'actual cost',
  'refinement status',
  'implementation plan',
]);

const making =
  /\b(?:add(?:s|ed|ing)?|creat(?:e|es|ed|ing)|introduc(?:e|es|ed|ing)|new|implement(?:s|ed|ing)?|defin(?:e|es|ed|ing)|export(?:s|ed|ing)?|provid(?:e|es|ed|ing)|expos(?:e|es|ed|ing)|renam(?:e|es|ed|ing)|generat(?:e|es|ed|ing)|writes?|builds?|becomes?|called|named|(?:is|as) an? (?:function|class|type|interface|module|method|command|endpoint))\b/i;

/** Words of a sentence that says itself that something is not in the code, or will not be by this ticket. */
const aside =
  /\b(?:out of scope|not in scope|not part of|planned|later|future|removed?|deleted?|dropped|gone|no longer|former(?:ly)?|used to|previously|does not exist|do not exist|doesn't exist|there is no)\b/i;

/** Variables of the environment are set outside the code. */
const environment = /\benv(?:ironment)?\b/i;

/**
 * The code marks of a ticket's prose and tables, each with its line. A paragraph, an item and a row are judged as a whole when
 * it is asked whether they speak of something new.
 */
export function mentionsOf(ticket: Pick<Ticket, 'text'>): Mention[] {
  const mentions: Mention[] = [];
  let block: { text: string; line: number }[] = [];
  let record = false;
  const finish = (): void => {
    if (block.length > 0 && !record) mentions.push(...ofBlock(block));
    block = [];
  };
  for (const { text, line, kind, heading } of readBody(ticket.text).lines) {
    const isText = kind === 'text' && text.trim() !== '';
    if (!isText || heading !== undefined || /^\s*(?:[-*+]\s|\d{1,4}[.)]\s|\|)/.test(text)) finish();
    if (heading !== undefined && heading.level <= 2) record = records.has(heading.title.trim().toLowerCase());
    if (isText) block.push({ text, line });
  }
  finish();
  return mentions;
}

function ofBlock(block: readonly { readonly text: string; readonly line: number }[]): Mention[] {
  const prose = block.map(({ text }) => text.replaceAll(/`[^`\n]*`/g, '')).join('\n');
  const isMade = making.test(prose);
  return block.flatMap(({ text, line }) =>
    [...text.matchAll(/`([^`\n]{1,200})`/g)].map(({ index, 1: inside = '' }) => {
      const name = inside.trim();
      const isVariable = /^[A-Z][A-Z0-9_]*$/.test(name) && environment.test(prose);
      return { text: name, line, isMade, isAside: isVariable || aside.test(sentenceAround(text, index)) };
    }),
  );
}

/** What stands between the full stops around a place, within its line. */
function sentenceAround(text: string, at: number): string {
  const stops = ['. ', '; ', '! ', '? '];
  const start = Math.max(0, ...stops.map((stop) => text.lastIndexOf(stop, at) + 1));
  const ends = stops.map((stop) => text.indexOf(stop, at)).filter((end) => end >= 0);
  return text.slice(start, Math.min(text.length, ...ends)).replaceAll(/`[^`\n]*`/g, '');
}

/**
 * The name in a mention that looks like code beyond doubt: camelCase, snake_case, PascalCase of two parts, or a call. Of
 * `cart.addItem()` it is `addItem`, of `sum(items): number` it is `sum`. Plain words, flags, paths and values are none.
 */
export function symbolIn(text: string): string | undefined {
  const plain = text
    .replace(/^(?:(?:export|async|function|class|interface|struct|trait|enum|def|func|fn) +){1,3}/, '')
    .replace(/\)\s{0,3}(?::|->|=>)\s.*$/, ')');
  const named = /^([A-Za-z_$][\w$]*(?:(?:\.|::|#)[A-Za-z_$][\w$]*){0,6})(\([^()]{0,120}\))?$/.exec(plain);
  if (named === null) return undefined;
  const parts = (named[1] ?? '').split(/\.|::|#/);
  const last = parts.at(-1) ?? '';
  if (parts.length > 1 && named[2] === undefined && fileEndings.has(last.toLowerCase())) return undefined;
  const looks =
    /[a-z\d][A-Z]|[A-Za-z\d]_[A-Za-z\d]/.test(last) || (named[2] !== undefined && last.length > 2);
  return looks && last.length <= 100 ? last : undefined;
}

const fileEndings = new Set(
  'js jsx ts tsx mjs cjs mts cts json md yml yaml toml py go rs swift java kt rb php c h cpp cs sh sql css scss html vue svelte lock txt env xml'.split(
    ' ',
  ),
);

/** The fixed segments of an endpoint such as `GET /api/users/:id`; a bare path counts when it begins with `api` or a version. */
export function endpointIn(text: string): string[] | undefined {
  const found =
    /^(?:(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) +(\/\S{0,190})|(\/(?:api|v\d{1,3})\/\S{1,190}))$/.exec(
      text,
    );
  const route = found?.[1] ?? found?.[2];
  if (route === undefined) return undefined;
  const fixed = (route.split(/[?#]/, 1)[0] ?? '').split('/').filter((part) => /^[\w.-]+$/.test(part));
  return fixed.length > 0 ? fixed : undefined;
}
