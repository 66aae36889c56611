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

/** A first message longer than this is looked at in its first part only, in bytes. */
const FIRST_MESSAGE = 4 * 1024 * 1024;

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
    if (first.end - first.start > FIRST_MESSAGE) return undefined;
    for (const member of members(body, first.start)) {
      if (member.key === 'content') return markerIn(valueAt(body, member));
    }
    return undefined;
  }
  return undefined;
}

function markerIn(content: unknown): Marker | undefined {
  if (typeof content === 'string') return findMarker(content);
  if (!Array.isArray(content)) return undefined;
  for (const block of content) {
    const text = typeof block === 'object' && block !== null && 'text' in block ? block.text : undefined;
    const marker = typeof text === 'string' ? findMarker(text) : undefined;
    if (marker !== undefined) return marker;
  }
  return undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}
