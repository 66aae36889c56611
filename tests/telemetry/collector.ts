import type { ServerResponse } from 'node:http';
import { type Handler, json, type Server, serve } from '../router/support.ts';

export interface Span {
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface CollectorServer extends Server {
  /** What was exported so far. */
  spans(): Span[];
}

/** An OTLP/HTTP receiver that decodes the JSON body. */
export async function collector(
  answer: (response: ServerResponse) => void = (response) => json(response, 200, {}),
): Promise<CollectorServer> {
  const handler: Handler = (_request, response) => answer(response);
  const server = await serve(handler);
  return { ...server, spans: () => server.seen.flatMap(({ body }) => spansIn(body)) };
}

/** The spans of an ExportTraceServiceRequest in its JSON form. */
export function spansIn(body: unknown): Span[] {
  return list(body, 'resourceSpans')
    .flatMap((resource) => list(resource, 'scopeSpans'))
    .flatMap((scope) => list(scope, 'spans'))
    .map((span) => {
      const { name, kind, startTimeUnixNano, endTimeUnixNano, status } = Object(span);
      return { name, kind, startTimeUnixNano, endTimeUnixNano, status, attributes: attributesOf(span) };
    });
}

/** The attributes of the resource. */
export function resourceOf(body: unknown): Readonly<Record<string, unknown>> {
  return attributesOf(Object(list(body, 'resourceSpans')[0]).resource);
}

function attributesOf(holder: unknown): Record<string, unknown> {
  return Object.fromEntries(
    list(holder, 'attributes').map((attribute) => {
      const { key, value } = Object(attribute);
      const [plain] = Object.values(Object(value));
      return [key, 'intValue' in Object(value) ? Number(plain) : plain];
    }),
  );
}

function list(holder: unknown, name: string): unknown[] {
  const value: unknown = Object(holder)[name];
  return Array.isArray(value) ? value : [];
}
