import type { LedgerRecord } from '../ledger/record.ts';
import { messageOf } from '../platform/errors.ts';
import { collectorOf, type TelemetrySettings } from './collector.ts';
import type { SpanQueue } from './otlp.ts';

/** Records that come before the OpenTelemetry packages are loaded. */
const MOST_EARLY = 2048;
/** Collectors of one process: a gateway serves many projects. */
const MOST_COLLECTORS = 16;

export interface TelemetryOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly timeoutMs: number;
  readonly delayMs: number;
  /** Told when a collector begins to fail, and of what is lost in the end; not of each failure. */
  readonly onProblem: (message: string) => void;
}

interface Way {
  readonly origin: string;
  readonly early: LedgerRecord[];
  readonly opened: Promise<SpanQueue | undefined>;
  queue: SpanQueue | undefined;
  failing: boolean;
  lost: number;
}

/**
 * Exports requests as OTLP spans, each to the collector that its project's configuration names. Without one nothing is loaded
 * and nothing is done. Nothing here throws or waits, except `close`.
 */
export class Telemetry {
  readonly #options: TelemetryOptions;
  readonly #ways = new Map<string, Way>();
  #full = false;

  constructor(options: TelemetryOptions) {
    this.#options = options;
  }

  onRecord(record: LedgerRecord, settings: TelemetrySettings | undefined): void {
    if (settings?.otlpEndpoint === undefined) return;
    try {
      this.#wayTo(settings.otlpEndpoint, settings.otlpHeadersEnv, record);
    } catch (error) {
      this.#options.onProblem(`a span was not made: ${messageOf(error)}`);
    }
  }

  /** Sends what waits, for `waitMs` at most, and ends. */
  async close(waitMs: number): Promise<void> {
    const ways = [...this.#ways.values()];
    this.#ways.clear();
    await Promise.all(ways.map((way) => this.#closeWay(way, waitMs)));
  }

  async #closeWay(way: Way, waitMs: number): Promise<void> {
    const queue = await way.opened;
    const { lost } = (await queue?.close(waitMs)) ?? { lost: way.early.length };
    const total = lost + way.lost;
    if (total > 0)
      this.#options.onProblem(
        `${total} ${total === 1 ? 'span' : 'spans'} did not reach ${way.origin}; the ledger has all requests`,
      );
  }

  #wayTo(endpoint: string, headersEnv: string | undefined, record: LedgerRecord): void {
    const key = `${endpoint}\n${headersEnv ?? ''}`;
    const way = this.#ways.get(key) ?? this.#open(key, endpoint, headersEnv);
    if (way?.queue !== undefined) way.queue.add(record);
    else if (way !== undefined && way.early.length < MOST_EARLY) way.early.push(record);
    else if (way !== undefined) way.lost += 1;
  }

  #open(key: string, endpoint: string, headersEnv: string | undefined): Way | undefined {
    if (this.#ways.size >= MOST_COLLECTORS) {
      if (!this.#full)
        this.#options.onProblem(`there are ${MOST_COLLECTORS} collectors; nothing is exported to others`);
      this.#full = true;
      return undefined;
    }
    // The rest of an address may hold a token.
    const { origin } = new URL(endpoint);
    const way: Way = {
      origin,
      early: [],
      opened: this.#load(endpoint, headersEnv, () => way),
      queue: undefined,
      failing: false,
      lost: 0,
    };
    this.#ways.set(key, way);
    return way;
  }

  async #load(
    endpoint: string,
    headersEnv: string | undefined,
    way: () => Way,
  ): Promise<SpanQueue | undefined> {
    const { env, version, timeoutMs, delayMs, onProblem } = this.#options;
    try {
      const collector = collectorOf(endpoint, headersEnv, env);
      if (collector.problem !== undefined) onProblem(collector.problem);
      const { openQueue } = await import('./otlp.ts');
      const queue = openQueue(collector, {
        version,
        timeoutMs,
        delayMs,
        onResult: (failure) => this.#result(way(), failure),
      });
      for (const record of way().early.splice(0)) queue.add(record);
      way().queue = queue;
      return queue;
    } catch (error) {
      onProblem(`requests are not exported: ${messageOf(error)}`);
      return undefined;
    }
  }

  #result(way: Way, failure: string | undefined): void {
    if (failure !== undefined && !way.failing)
      this.#options.onProblem(`${way.origin} does not take spans: ${failure}`);
    way.failing = failure !== undefined;
  }
}
