import { findMarker, type Marker } from '../attribution/marker.ts';
import { elements, members, type Span, valueAt } from '../platform/json-scan.ts';

/** What the gateway needs to know of a request's body. */
export interface RequestFacts {
  readonly model: string | null;
  readonly stream: boolean;
  /** Most tokens of the answer, as asked for; `null` when the body does not say. */
  readonly maxTokens: number | null;
  /** The first line of a text block of the first message, where it is a marker. */
  readonly marker: Marker | undefined;
  /** Length of the body, in bytes. */
  readonly bytes: number;
}

const MARKER = Buffer.from('"[backlog ');
/** The client puts a teammate's prompt between two lines of its own. */
const FRAME = Buffer.from('"<teammate-message ');
/** No marker is longer, in bytes; escapes make it at most six times as long. */
const LONGEST_MARKER = 6 * 600;

/** Reads the few fields that routing, attribution and budgets need; the rest of the body is not parsed. */
export function requestFacts(body: Buffer): RequestFacts {
  let model: string | null = null;
  let stream = false;
  let maxTokens: number | null = null;
  let marker: Marker | undefined;
  for (const member of members(body)) {
    if (member.key === 'model') model = textOf(valueAt(body, member));
    else if (member.key === 'stream') stream = body[member.start] === 0x74;
    else if (member.key === 'max_tokens' || member.key === 'max_completion_tokens')
      maxTokens = countOf(valueAt(body, member));
    else if (member.key === 'messages') marker = markerOf(body, member);
  }
  return { model, stream, maxTokens, marker, bytes: body.length };
}

/** Only the first message counts: the main thread quotes markers in its Agent calls. */
function markerOf(body: Buffer, messages: Span): Marker | undefined {
  for (const first of elements(body, messages.start)) {
    const content = memberOf(body, first, 'content');
    return content === undefined ? undefined : markerInContent(body, content);
  }
  return undefined;
}

/** `content` is a text or an array of blocks. */
function markerInContent(body: Buffer, content: Span): Marker | undefined {
  const whole = markerInText(body, content);
  if (whole !== undefined) return whole;
  for (const block of elements(body, content.start)) {
    const text = memberOf(body, block, 'text');
    const marker = text === undefined ? undefined : markerInText(body, text);
    if (marker !== undefined) return marker;
  }
  return undefined;
}

/** The last one where a key is there twice, as with JSON.parse. */
function memberOf(body: Buffer, object: Span, key: string): Span | undefined {
  let found: Span | undefined;
  for (const member of members(body, object.start)) if (member.key === key) found = member;
  return found;
}

/** Only a text that begins as a marker does is read, and of it no more than a line. */
function markerInText(body: Buffer, text: Span): Marker | undefined {
  const framed = beginsWith(body, text.start, FRAME);
  if (!framed && !beginsWith(body, text.start, MARKER)) return undefined;
  const whole = body.toString(
    'utf8',
    text.start + 1,
    Math.min(text.end - 1, text.start + 1 + LONGEST_MARKER),
  );
  const raw = framed ? behindFrame(whole) : whole;
  try {
    const line: unknown = JSON.parse(`"${firstLine(raw)}"`);
    return typeof line === 'string' ? findMarker(line) : undefined;
  } catch {
    return undefined;
  }
}

/** Up to the first line feed; it is written `\\n`, and `\\\\n` is none. */
function firstLine(raw: string): string {
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', at + 2))
    if (raw[at + 1] === 'n') return raw.slice(0, at);
  return raw;
}

function beginsWith(body: Buffer, at: number, word: Buffer): boolean {
  return body.subarray(at, at + word.length).equals(word);
}

/** What a teammate is told first stands behind a line of the client's. */
function behindFrame(raw: string): string {
  return raw.slice(raw.indexOf('\\n') + 2);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}
