import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Attribution } from '../attribution/attribution.ts';
import { ledgerFile, newRecord } from '../ledger/append.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { type Clock, timestamp } from '../platform/clock.ts';
import type { Admission } from './admission.ts';
import { sendOwn } from './answers.ts';
import { type Attributor, callerIds } from './attribute.ts';
import { type Body, readable, readBody } from './body.ts';
import { chooseUpstream, fallbackUpstream, tierOf } from './choose-upstream.ts';
import { type Answered, type Call, call, discard, noAnswer, type Pending, relay } from './forward.ts';
import { forwarded } from './headers.ts';
import type { Journal } from './journal.ts';
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
}

/** Requests that are answered by a model: these are priced, counted, and may be refused. */
const GENERATING = /^\/v1\/(?:messages|chat\/completions|responses|completions)$/;
const CHAT = /^\/v1\/(?:chat\/completions|completions|responses|embeddings)$/;

const outside: ProjectSettings = { paths: undefined, config: undefined, problem: undefined };

/** Takes one request through: who it is for, whether it may pass, to its upstream and back, into the ledger. */
export async function exchange(
  incoming: IncomingMessage,
  response: ServerResponse,
  target: { readonly path: string; readonly route: ProjectRoute | undefined },
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
  const subject = await subjectOf(incoming, target, body, world);
  const finish = (answered: Answered, upstream: Upstream, attempt: number, record = true) => {
    if (!record || !subject.generating) return subject.settle(undefined);
    const line = lineOf(subject, answered, { upstream, attempt, started, ts });
    world.journal.write(subject.ledger, line);
    subject.settle(line);
  };
  if (subject.refusal !== undefined) {
    world.journal.write(subject.ledger, blockedRecord(subject, ts));
    return sendOwn(response, {
      status: 402,
      type: 'billing_error',
      message: subject.refusal,
      headers: { 'x-should-retry': 'false', 'request-id': subject.id },
    });
  }
  const { pending, attempt, upstream } = await firstAnswer(subject, response, world);
  if (typeof pending === 'string') {
    const gone = response.destroyed;
    finish(noAnswer(pending, gone), upstream, attempt);
    return sendOwn(response, {
      status: 502,
      type: 'api_error',
      message: `backlog gateway: no answer from ${upstream.url.origin} (${pending}). \`backlog gateway status\` says where requests go`,
      headers: { 'request-id': subject.id },
    });
  }
  await relay(pending, response, subject.id, (answered) => finish(answered, upstream, attempt));
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
  readonly clientHeaders: readonly string[];
  /** Why it may not pass. */
  readonly refusal: string | undefined;
  readonly settle: (record: LedgerRecord | undefined) => void;
}

async function subjectOf(
  incoming: IncomingMessage,
  { path, route }: { readonly path: string; readonly route: ProjectRoute | undefined },
  body: Exclude<Body, string>,
  world: GatewayWorld,
): Promise<Subject> {
  const pathname = path.replace(/\?.*$/s, '');
  const generating = incoming.method === 'POST' && GENERATING.test(pathname);
  const settings = route === undefined ? outside : world.settings.of(route.root);
  const facts = requestFacts(
    generating ? await readable(body.bytes, incoming.headers['content-encoding'] ?? '') : Buffer.alloc(0),
  );
  const ids = callerIds(incoming.rawHeaders);
  const project = settings.config?.project.name ?? route?.prefix.replace(/-[0-9a-f]+$/, '') ?? null;
  const opsDir = settings.paths?.opsDir;
  const attribution: Attribution = generating
    ? world.attributor.of({ ids, marker: facts.marker, opsDir, project: project ?? '' })
    : { context: undefined, attributed_by: 'none' };
  const tier = tierOf(facts.model, settings.config);
  const upstream = chooseUpstream({
    env: world.env,
    config: settings.config,
    before: route?.upstream,
    tier,
    chat: CHAT.test(pathname),
  });
  const id = randomUUID();
  const ledger = ledgerFile(opsDir, world.home);
  const sessionId = ids.sessionId ?? null;
  const admitted = generating
    ? world.admission.admit({ facts, attribution, settings, ledger, sessionId })
    : { settle: () => {} };
  return {
    id,
    call: {
      method: incoming.method ?? 'GET',
      path,
      headers: incoming.rawHeaders,
      body: body.bytes,
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
    clientHeaders: incoming.rawHeaders,
    refusal: 'message' in admitted ? admitted.message : undefined,
    settle: 'message' in admitted ? () => {} : admitted.settle,
  };
}

/** The answer of the upstream, or of its fallback when the first cannot be reached, is overloaded or broken. */
async function firstAnswer(
  subject: Subject,
  response: ServerResponse,
  world: GatewayWorld,
): Promise<{ readonly pending: Pending | string; readonly attempt: number; readonly upstream: Upstream }> {
  const { upstream, fallback } = subject;
  const pending = await call(upstream, callFor(subject, upstream), response);
  if (fallback === undefined || response.destroyed || !isWorthAnother(pending))
    return { pending, attempt: 1, upstream };
  const failed = typeof pending === 'string' ? noAnswer(pending, false) : refused(pending);
  world.journal.write(
    subject.ledger,
    lineOf(subject, failed, {
      upstream,
      attempt: 1,
      started: performance.now(),
      ts: timestamp(world.clock),
      id: randomUUID(),
    }),
  );
  if (typeof pending !== 'string') discard(pending);
  return {
    pending: await call(fallback, callFor(subject, fallback), response),
    attempt: 2,
    upstream: fallback,
  };
}

function isWorthAnother(pending: Pending | string): boolean {
  if (typeof pending === 'string') return true;
  const status = pending.answer.statusCode ?? 0;
  return status === 429 || status >= 500;
}

function refused({ answer }: Pending): Answered {
  return {
    ...noAnswer(`HTTP ${answer.statusCode}`, false),
    httpStatus: answer.statusCode ?? null,
    headers: answer.rawHeaders,
  };
}

/** The client's header lines, with our tags where the upstream reads tags. */
function callFor(subject: Subject, upstream: Upstream): Call {
  const { replaced, lines } = tagHeaders(upstream.adapters ?? [], {
    attribution: subject.attribution,
    callId: subject.id,
    clientHeaders: subject.clientHeaders,
  });
  const withoutKey = upstream.key === undefined ? [] : ['authorization', 'x-api-key'];
  const dropped = new Set(['host', 'content-length', ...replaced, ...withoutKey]);
  const { body, method } = subject.call;
  const hasBody = body.length > 0 || !['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method);
  return {
    ...subject.call,
    headers: [
      ...forwarded(subject.call.headers, dropped),
      ...(hasBody ? ['content-length', String(body.length)] : []),
      ...(upstream.key === undefined ? [] : ['authorization', `Bearer ${upstream.key}`]),
      ...lines,
    ],
  };
}

function lineOf(
  subject: Subject,
  answered: Answered,
  when: {
    readonly upstream: Upstream;
    readonly attempt: number;
    readonly started: number;
    readonly ts: string;
    readonly id?: string;
  },
): LedgerRecord {
  const upstreamId = answered.headers.findIndex(
    (name, at) => at % 2 === 0 && name.toLowerCase() === 'request-id',
  );
  return recordOf({
    id: when.id ?? subject.id,
    ts: when.ts,
    attribution: subject.attribution,
    project: subject.project,
    sessionId: subject.sessionId,
    agentId: subject.agentId,
    tier: subject.tier,
    requestedModel: subject.facts.model,
    stream: subject.facts.stream,
    clientHeaders: subject.clientHeaders,
    upstream: when.upstream,
    fallbackFrom: when.attempt > 1 ? subject.upstream.kind : null,
    attempt: when.attempt,
    httpStatus: answered.httpStatus,
    answerHeaders: answered.headers,
    requestId: (upstreamId < 0 ? undefined : answered.headers[upstreamId + 1]) ?? when.id ?? subject.id,
    facts: answered.facts,
    end: answered.end,
    latencyMs: performance.now() - when.started,
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
    tier: subject.tier,
    requested_model: subject.facts.model,
    provider: subject.upstream.kind,
    stream: subject.facts.stream,
    status: 'blocked',
    failure_type: 'budget',
    http_status: 402,
  });
}
