import { findMarker, type Marker } from '../attribution/marker.ts';
import { elements, members, type Span, valueAt } from './json-scan.ts';

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
    for (const member of members(body, first.start)) {
      if (member.key === 'content') return markerInContent(body, member);
    }
    return undefined;
  }
  return undefined;
}

/** `content` is a text or an array of blocks. */
function markerInContent(body: Buffer, content: Span): Marker | undefined {
  const whole = markerInText(body, content);
  if (whole !== undefined) return whole;
  for (const block of elements(body, content.start)) {
    for (const member of members(body, block.start)) {
      const marker = member.key === 'text' ? markerInText(body, member) : undefined;
      if (marker !== undefined) return marker;
    }
  }
  return undefined;
}

/** Only a text that begins as a marker does is read, and of it no more than a line. */
function markerInText(body: Buffer, text: Span): Marker | undefined {
  const begins = body.compare(MARKER, 0, MARKER.length, text.start, text.start + MARKER.length) === 0;
  if (!begins) return undefined;
  const raw = body.toString('utf8', text.start + 1, Math.min(text.end - 1, text.start + LONGEST_MARKER));
  const end = raw.indexOf('\\n');
  try {
    const line: unknown = JSON.parse(`"${end < 0 ? raw : raw.slice(0, end)}"`);
    return typeof line === 'string' ? findMarker(line) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}
