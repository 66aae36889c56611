import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Attribution } from '../attribution/attribution.ts';
import { ledgerFile, newRecord } from '../ledger/append.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { type Clock, timestamp } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import { endOfTurn } from '../platform/turn.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { Admission } from './admission.ts';
import { sendOwn } from './answers.ts';
import { type AttributeInput, type Attributor, requestClass } from './attribute.ts';
import { readable, readBody } from './body.ts';
import { chooseUpstream, fallbackUpstream, tierOf } from './choose-upstream.ts';
import { endpointOf } from './endpoints.ts';
import { type Answered, type Call, call, discard, noAnswer, type Pending, relay } from './forward.ts';
import { firstOf, forwarded } from './headers.ts';
import type { Journal } from './journal.ts';
import { readableEncodings } from './meter.ts';
import type { ProjectSettings, SettingsCache } from './project-settings.ts';
import { recordOf } from './record-of.ts';
import { type RequestFacts, requestFacts } from './request-facts.ts';
import type { ProjectRoute } from './routes.ts';
import { tagHeaders } from './tags-out.ts';
import type { Upstream } from './upstreams.ts';

/** What every exchange of a running gateway shares. */
export interface GatewayWorld {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly attributor: Attributor;
  readonly settings: SettingsCache;
  readonly admission: Admission;
  /** Takes what went wrong on our side while requests go on; for the log. */
  readonly onFault: (message: string) => void;
  /** Where requests without a project go. */
  readonly upstream: string | undefined;
  readonly onRecord: RecordObserver | undefined;
}

/** Told of each record when it is written; neither waits nor throws. */
export type RecordObserver = (record: LedgerRecord, config: BacklogConfig | undefined) => void;

const NOTHING = Buffer.alloc(0);
const outside: ProjectSettings = { paths: undefined, config: undefined, problem: undefined };

/** Where a request wants to go: the path behind the project's prefix, and the project. */
interface Target {
  readonly path: string;
  readonly route: ProjectRoute | undefined;
}

/** Takes one request through: who it is for, whether it may pass, to its upstream and back, into the ledger. */
export async function exchange(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: Target,
  world: GatewayWorld,
): Promise<void> {
  const started = performance.now();
  const ts = timestamp(world.clock);
  const body = await readBody(incoming);
  if (body === 'client-gone') return;
  if (body === 'too-large') {
    response.shouldKeepAlive = false;
    return sendOwn(response, {
      status: 413,
      type: 'request_too_large',
      message: 'backlog gateway: the request has more than 32 MiB',
    });
  }
  await endOfTurn();
  const subject = await subjectOf(incoming, response, target, body.bytes, world);
  try {
    await passOn(
      subject,
      response,
      { number: 1, id: subject.id, upstream: subject.upstream, started, ts },
      world,
    );
  } finally {
    // Where it was not settled by its record.
    subject.settle(undefined);
  }
}

/** One call of an upstream on behalf of a request; its id is that of its record, and LiteLLM's call id. */
interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  readonly id: string;
  readonly upstream: Upstream;
  /** On the monotonic clock, in ms. */
  readonly started: number;
  /** The same by the wall clock, RFC 3339 UTC. */
  readonly ts: string;
}

async function passOn(
  subject: Subject,
  response: ServerResponse,
  first: Attempt,
  world: GatewayWorld,
): Promise<void> {
  if (response.destroyed) return;
  if (subject.refusal !== undefined) {
    await write(subject, blockedRecord(subject, first.ts), world);
    return sendOwn(response, {
      status: 402,
      type: 'billing_error',
      message: subject.refusal,
      headers: { 'x-should-retry': 'false', 'request-id': subject.id },
    });
  }
  const { pending, attempt } = await firstAnswer(subject, response, first, world);
  const { upstream } = attempt;
  const settled = async (answered: Answered) => {
    if (!subject.generating) return;
    const line = lineOf(subject, answered, attempt);
    await write(subject, line, world);
    subject.settle(line);
  };
  if (typeof pending !== 'string')
    return relay(pending, response, { requestId: attempt.id, metered: subject.generating, settled });
  await settled(noAnswer(pending, response.destroyed));
  sendOwn(response, {
    status: 502,
    type: 'api_error',
    message: `backlog gateway: no answer from ${upstream.url.origin} (${pending}). \`backlog gateway status\` says where requests go`,
    headers: { 'request-id': attempt.id },
  });
}

/** A request with all that was found out about it before it goes on. */
interface Subject {
  readonly id: string;
  readonly call: Call;
  readonly upstream: Upstream;
  readonly fallback: Upstream | undefined;
  readonly generating: boolean;
  readonly facts: RequestFacts;
  readonly attribution: Attribution;
  readonly settings: ProjectSettings;
  readonly project: string | null;
  readonly ledger: string;
  readonly tier: string | null;
  readonly sessionId: string | null;
  readonly agentId: string | null;
  readonly requestClass: string | null;
  readonly clientHeaders: readonly string[];
  /** Why it may not pass. */
  readonly refusal: string | undefined;
  readonly settle: (record: LedgerRecord | undefined) => void;
}

async function subjectOf(
  incoming: IncomingMessage,
  response: ServerResponse,
  { path, route }: Target,
  body: Buffer,
  world: GatewayWorld,
): Promise<Subject> {
  const { generating, spending, chat } = endpointOf(incoming.method, path);
  const settings = route === undefined ? outside : world.settings.of(route.root);
  const text = spending ? readable(body, incoming.headers['content-encoding'] ?? '') : NOTHING;
  const facts = requestFacts(text instanceof Promise ? await text : text);
  const ids = world.attributor.identify(incoming.headers);
  const project = settings.config?.project.name ?? route?.prefix.replace(/-[0-9a-f]+$/, '') ?? null;
  const opsDir = settings.paths?.opsDir;
  const attribution: Attribution = spending
    ? attributed({ ids, marker: facts.marker, opsDir, project: project ?? '' }, world)
    : unattributed;
  const tier = tierOf(facts.model, settings.config);
  const upstream = chooseUpstream({
    env: world.env,
    config: settings.config,
    before: route === undefined ? world.upstream : route.upstream,
    tier,
    chat,
  });
  const id = randomUUID();
  const ledger = ledgerFile(opsDir, world.home);
  const sessionId = ids.sessionId ?? null;
  const isGone = () => response.destroyed;
  const provider = upstream.kind;
  const admitted = spending
    ? await world.admission.admit({ facts, attribution, settings, ledger, sessionId, provider, isGone })
    : { settle: () => {} };
  return {
    id,
    call: {
      method: incoming.method ?? 'GET',
      path,
      headers: incoming.rawHeaders,
      body,
    },
    upstream,
    fallback: generating ? fallbackUpstream(world.env, settings.config) : undefined,
    generating,
    facts,
    attribution,
    settings,
    project,
    ledger,
    tier,
    sessionId,
    agentId: ids.agentId ?? null,
    requestClass: requestClass(ids) ?? null,
    clientHeaders: incoming.rawHeaders,
    refusal: 'message' in admitted ? admitted.message : undefined,
    settle: once('message' in admitted ? () => {} : (record) => admitted.settle(record)),
  };
}

const unattributed: Attribution = { context: undefined, attributed_by: 'none' };

/** Attribution never stands in the way of work: what cannot be read is said, and the request goes on without. */
function attributed(input: AttributeInput, { attributor, onFault }: GatewayWorld): Attribution {
  try {
    return attributor.of(input);
  } catch (error) {
    onFault(`a request passed without its ticket: ${messageOf(error)}`);
    return unattributed;
  }
}

function once<T>(action: (value: T) => void): (value: T) => void {
  let done = false;
  return (value) => {
    if (done) return;
    done = true;
    action(value);
  };
}

/** The answer of the upstream, or of its fallback when the first cannot be reached, is overloaded or broken. */
async function firstAnswer(
  subject: Subject,
  response: ServerResponse,
  attempt: Attempt,
  world: GatewayWorld,
): Promise<{ readonly pending: Pending | string; readonly attempt: Attempt }> {
  const { fallback } = subject;
  const pending = await call(attempt.upstream, callFor(subject, attempt), response);
  if (fallback === undefined || response.destroyed || !isWorthAnother(pending)) return { pending, attempt };
  const failed = typeof pending === 'string' ? noAnswer(pending, false) : refused(pending);
  // In its ledger before the second attempt's, for which the client waits.
  void write(subject, lineOf(subject, failed, attempt), world);
  if (typeof pending !== 'string') discard(pending);
  const second: Attempt = {
    number: 2,
    id: randomUUID(),
    upstream: fallback,
    started: performance.now(),
    ts: timestamp(world.clock),
  };
  return { pending: await call(fallback, callFor(subject, second), response), attempt: second };
}

async function write(subject: Subject, record: LedgerRecord, world: GatewayWorld): Promise<void> {
  await world.journal.write(subject.ledger, record);
  world.onRecord?.(record, subject.settings.config);
}

/** Not a spent budget: the fallback would spend on what somebody wanted to stop. */
function isWorthAnother(pending: Pending | string): boolean {
  if (typeof pending === 'string') return true;
  const status = pending.answer.statusCode ?? 0;
  return (status === 429 && !pending.isBudgetRefusal) || status >= 500;
}

function refused({ answer }: Pending): Answered {
  return {
    ...noAnswer(`HTTP ${answer.statusCode}`, false),
    httpStatus: answer.statusCode ?? null,
    headers: answer.rawHeaders,
  };
}

/** The client's header lines, with our tags where the upstream reads tags. */
function callFor(subject: Subject, { upstream, id }: Attempt): Call {
  const { replaced, lines } = tagHeaders(upstream.adapters ?? [], {
    attribution: subject.attribution,
    callId: id,
    clientHeaders: subject.clientHeaders,
  });
  const { body, method, path } = subject.call;
  const headers = forwarded(subject.call.headers, droppedNames(replaced, upstream.key !== undefined));
  if (subject.generating) offerReadableEncodings(headers);
  if (body.length > 0 || !['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method))
    headers.push('content-length', String(body.length));
  if (upstream.key !== undefined) headers.push('authorization', `Bearer ${upstream.key}`);
  if (lines.length > 0) headers.push(...lines);
  return { method, path, headers, body };
}

const alwaysDropped = new Set(['host', 'content-length']);

function droppedNames(replaced: ReadonlySet<string>, withoutKey: boolean): ReadonlySet<string> {
  if (replaced.size === 0 && !withoutKey) return alwaysDropped;
  return new Set([...alwaysDropped, ...replaced, ...(withoutKey ? ['authorization', 'x-api-key'] : [])]);
}

/** @param headers changed in place */
function offerReadableEncodings(headers: string[]): void {
  for (let at = 0; at + 1 < headers.length; at += 2)
    if (headers[at]?.toLowerCase() === 'accept-encoding')
      headers[at + 1] = readableEncodings(headers[at + 1] ?? '');
}

function lineOf(subject: Subject, answered: Answered, attempt: Attempt): LedgerRecord {
  return recordOf({
    id: attempt.id,
    ts: attempt.ts,
    attribution: subject.attribution,
    project: subject.project,
    sessionId: subject.sessionId,
    agentId: subject.agentId,
    requestClass: subject.requestClass,
    tier: subject.tier,
    requestedModel: subject.facts.model,
    stream: subject.facts.stream,
    clientHeaders: subject.clientHeaders,
    upstream: attempt.upstream,
    fallbackFrom: attempt.number > 1 ? subject.upstream.kind : null,
    attempt: attempt.number,
    httpStatus: answered.httpStatus,
    answerHeaders: answered.headers,
    requestId: firstOf(answered.headers, 'request-id') ?? attempt.id,
    facts: answered.facts,
    end: answered.end,
    latencyMs: performance.now() - attempt.started,
    ttftMs: answered.ttftMs,
    settings: subject.settings,
  });
}

function blockedRecord(subject: Subject, ts: string): LedgerRecord {
  const { context } = subject.attribution;
  return newRecord({
    id: subject.id,
    request_id: subject.id,
    ts,
    source: 'gateway',
    session_id: subject.sessionId,
    agent_id: subject.agentId,
    ticket_id: context?.ticket_id ?? null,
    gate: context?.gate ?? null,
    project: context?.project || subject.project,
    agent_type: context?.agent_type ?? null,
    skill: context?.skill ?? null,
    attributed_by: subject.attribution.attributed_by,
    request_class: subject.requestClass,
    tier: subject.tier,
    requested_model: subject.facts.model,
    provider: subject.upstream.kind,
    stream: subject.facts.stream,
    status: 'blocked',
    failure_type: 'budget',
    http_status: 402,
  });
}
