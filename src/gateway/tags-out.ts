import type { Attribution } from '../attribution/attribution.ts';
import { isTagValue, tagsOf } from '../attribution/tags.ts';
import { type RawHeaders, valuesOf } from './headers.ts';
import type { TagAdapter } from './upstreams.ts';

/** Header lines to send, and the names of the client's that they replace. */
export interface TagHeaders {
  readonly replaced: ReadonlySet<string>;
  readonly lines: readonly string[];
}

const nothing: TagHeaders = { replaced: new Set(), lines: [] };

/** Tags under these names are ours: a client's copies of them are claims. */
const OWN_TAG = /^(?:ticket|gate|project|agent|skill):/;

interface Tagged {
  readonly attribution: Attribution;
  readonly callId: string;
  readonly clientHeaders: RawHeaders;
}

/** What goes to an upstream beside the client's own headers. To Anthropic itself nothing extra does. */
export function tagHeaders(adapters: readonly TagAdapter[], tagged: Tagged): TagHeaders {
  if (adapters.length === 0) return nothing;
  const all = adapters.map((adapter) => renderers[adapter](tagged));
  return {
    replaced: new Set(all.flatMap(({ replaced }) => [...replaced])),
    lines: all.flatMap(({ lines }) => lines),
  };
}

const renderers: Readonly<Record<TagAdapter, (tagged: Tagged) => TagHeaders>> = {
  litellm: ({ attribution, callId, clientHeaders }) => {
    const theirs = valuesOf(clientHeaders, 'x-litellm-tags')
      .flatMap((value) => value.split(','))
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '' && !OWN_TAG.test(tag));
    const tags = [...new Set([...theirs, ...tagsOf(attribution.context)])];
    const own = fieldsOf(attribution);
    const metadata = { ...jsonIn(clientHeaders, 'x-litellm-spend-logs-metadata'), ...own };
    const customer = ['x-litellm-customer-id', 'x-litellm-end-user-id'].some(
      (name) => valuesOf(clientHeaders, name).length > 0,
    );
    const lines = ['x-litellm-call-id', callId];
    if (tags.length > 0) lines.push('x-litellm-tags', tags.join(','));
    if (Object.keys(metadata).length > 0) lines.push('x-litellm-spend-logs-metadata', asciiJson(metadata));
    // Without one LiteLLM takes Claude Code's whole user_id, a new customer each session.
    if (!customer) lines.push('x-litellm-customer-id', own.project ?? 'backlog-toolkit');
    return {
      replaced: new Set(['x-litellm-tags', 'x-litellm-spend-logs-metadata', 'x-litellm-call-id']),
      lines,
    };
  },
  portkey: ({ attribution, clientHeaders }) => asOneHeader('x-portkey-metadata', attribution, clientHeaders),
  // At most five entries.
  cloudflare: ({ attribution, clientHeaders }) =>
    asOneHeader('cf-aig-metadata', attribution, clientHeaders, 5),
  helicone: ({ attribution }) => {
    const entries = Object.entries(fieldsOf(attribution)).map(
      ([name, value]) =>
        [`Helicone-Property-${name.charAt(0).toUpperCase()}${name.slice(1)}`, value] as const,
    );
    return { replaced: new Set(entries.map(([name]) => name.toLowerCase())), lines: entries.flat() };
  },
};

function asOneHeader(
  name: string,
  attribution: Attribution,
  clientHeaders: RawHeaders,
  most = 16,
): TagHeaders {
  const own = fieldsOf(attribution);
  if (Object.keys(own).length === 0) return nothing;
  const theirs = Object.entries(jsonIn(clientHeaders, name)).filter(([key]) => !(key in own));
  const room = Math.max(0, most - Object.keys(own).length);
  return {
    replaced: new Set([name]),
    lines: [name, asciiJson({ ...Object.fromEntries(theirs.slice(0, room)), ...own })],
  };
}

/** The five values by their tag names; those that cannot be a tag are left out. */
function fieldsOf({ context }: Attribution): Record<string, string> {
  if (context === undefined) return {};
  const { ticket_id: ticket, gate, project, agent_type: agent, skill } = context;
  return Object.fromEntries(
    Object.entries({ ticket, gate, project, agent, skill }).filter(
      ([, value]) => value !== '' && isTagValue(value),
    ),
  );
}

function jsonIn(headers: RawHeaders, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(valuesOf(headers, name)[0] ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** A header's value has printable ASCII only. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
