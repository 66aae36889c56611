import http from 'node:http';
import https from 'node:https';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Collector } from './collector.ts';
import { type RequestSpan, spanOf } from './span.ts';

export interface SpanQueueOptions {
  readonly version: string;
  /** Longest time for one export with its retries, ms. */
  readonly timeoutMs: number;
  /** How long spans are gathered before they are sent, ms. */
  readonly delayMs: number;
  /** After each export: why it failed, or `undefined`. */
  readonly onResult: (failure: string | undefined) => void;
}

/** The way to one collector. */
export interface SpanQueue {
  /** Takes a request; never waits. */
  add(record: LedgerRecord): void;
  /** Sends what is left, for `waitMs` at most. @returns spans that were sent, and that were not */
  close(waitMs: number): Promise<{ readonly sent: number; readonly lost: number }>;
}

/** Most spans that wait for the collector; more are dropped, and counted. */
const MOST_WAITING = 2048;
/** Longest attribute, in characters: names come from clients and upstreams. */
const MOST_CHARACTERS = 512;

/** Opens the way to one collector. Spans are sent in the background, in batches; only `close` waits for them. */
export function openQueue(collector: Collector, options: SpanQueueOptions): SpanQueue {
  const counts = { taken: 0, sent: 0 };
  const agent = new URL(collector.url).protocol === 'https:' ? new https.Agent(keep) : new http.Agent(keep);
  const exporter = withoutVariables(
    () =>
      new OTLPTraceExporter({
        url: collector.url,
        headers: { ...collector.headers },
        timeoutMillis: options.timeoutMs,
        httpAgentOptions: () => agent,
      }),
  );
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'backlog-toolkit',
      'service.version': options.version,
    }),
    sampler: new AlwaysOnSampler(),
    spanLimits: { attributeValueLengthLimit: MOST_CHARACTERS },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: counting(exporter, counts, options.onResult),
        maxQueueSize: MOST_WAITING,
        scheduledDelayMillis: options.delayMs,
        exportTimeoutMillis: options.timeoutMs,
      }),
    ],
  });
  const tracer = provider.getTracer('backlog-toolkit', options.version);
  return {
    add: (record) => {
      counts.taken += 1;
      const { name, start, end, attributes, error }: RequestSpan = spanOf(record);
      const span = tracer.startSpan(
        name,
        { kind: SpanKind.CLIENT, startTime: start, attributes, root: true },
        ROOT_CONTEXT,
      );
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end(end);
    },
    close: async (waitMs) => {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, waitMs);
      });
      // What was not sent is counted below.
      await Promise.race([provider.shutdown().catch(() => {}), enough]);
      clearTimeout(timer);
      // A collector that takes the connection and says nothing must not keep this process.
      agent.destroy();
      return { sent: counts.sent, lost: counts.taken - counts.sent };
    },
  };
}

const keep: http.AgentOptions = { keepAlive: true, maxSockets: 4 };

function counting(
  exporter: SpanExporter,
  counts: { sent: number },
  onResult: SpanQueueOptions['onResult'],
): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failure =
          result.code === 0 ? undefined : result.error?.message || 'the collector refused the spans';
        if (failure === undefined) counts.sent += spans.length;
        onResult(failure);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

/**
 * The exporter adds the headers of `OTEL_EXPORTER_OTLP_HEADERS` to its own, although they belong to the collector that Claude
 * Code or another program reports to. It reads variables while it is made, which is one synchronous step.
 */
function withoutVariables<T>(make: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_'));
  for (const [name] of hidden) delete process.env[name];
  try {
    return make();
  } finally {
    Object.assign(process.env, Object.fromEntries(hidden));
  }
}
