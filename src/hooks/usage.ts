import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from '../attribution/resolve.ts';
import { recentSessions } from '../attribution/session.ts';
import { ledgerFile } from '../ledger/append.ts';
import { sessionBilling } from '../ledger/billing.ts';
import { type Ingested, ingestTranscript } from '../ledger/transcripts.ts';
import { projectLimits } from '../project/budgets.ts';
import { findProject } from '../project/paths.ts';
import { readChats } from './chats.ts';
import type { HookInput } from './input.ts';
import { agentTranscriptOf, isOfOpenOrigin, joinAgent, nameOfProject } from './join.ts';
import { configOf } from './project-config.ts';
import { spawnReader } from './spawn-reader.ts';
import type { HookWorld } from './world.ts';

/** Most bytes of transcripts that a hook reads while the client waits: 1 MiB. */
const INLINE_BYTES = 1024 * 1024;
/** A portion of the detached reader: 16 MiB. */
const PORTION_BYTES = 16 * 1024 * 1024;
/** The newest answer reaches the disk up to about 100 ms after the hook began (seen: 1 to 63 ms). */
const WAIT_MS = 200;

/** Stop and SubagentStop: reads what is new, and leaves what is too much to a process of its own. */
export async function readUsage(input: HookInput, world: HookWorld): Promise<undefined> {
  await newestRow(input);
  const { moreToRead, busy } = await ingest(input, world, INLINE_BYTES, openOrigin(input, world));
  let more = moreToRead && !busy;
  try {
    more ||= await readChats(input, world, INLINE_BYTES);
  } finally {
    if (more) spawnReader(input, world);
  }
  await actOnBudgets(input, world);
}

/** When a subagent ends, agents of unknown origin are left to the end of the turn: by then their calls have ended. */
function openOrigin(input: HookInput, world: HookWorld): (agentId: string) => boolean {
  if (input.agent_id === undefined) return () => false;
  const { session_id: sessionId, transcript_path: transcript } = input;
  return (agentId) => {
    try {
      return isOfOpenOrigin(world, { sessionId, agentId, transcript });
    } catch {
      // A half-written sidecar says nothing of its agent.
      return true;
    }
  };
}

/** SessionEnd: the client gives it 1.5 s, so a process of its own reads. */
export function leaveUsage(input: HookInput, world: HookWorld): undefined {
  spawnReader(input, world);
}

/** The detached reader: goes on until nothing is left, of this session and of those of the project that were killed. */
export async function ingestAll(input: HookInput, world: HookWorld): Promise<undefined> {
  await newestRow(input);
  const problems: unknown[] = [];
  await ingestWhole(input, world, problems);
  await actOnBudgets(input, world);
  const root = findProject(input.cwd)?.mainRoot;
  for (const session of recentSessions(world.home)) {
    if (session.session_id === input.session_id || session.transcript_path === '') continue;
    // A killed session ran no hook at its end; what it had read already, its cursor knows.
    if (root !== undefined && findProject(session.cwd)?.mainRoot === root)
      await ingestWhole(session, world, problems);
  }
  // The ledger is complete; that a chat log is not has to be said all the same.
  if (problems.length > 0) throw problems[0];
}

/** What has just been read may have spent a budget: of a ticket that is worked on, of the session, day or month. */
async function actOnBudgets(
  { cwd, session_id }: Pick<HookInput, 'cwd' | 'session_id'>,
  { home, env, clock }: HookWorld,
): Promise<void> {
  const paths = findProject(cwd);
  const config = configOf(paths);
  if (paths === undefined || config === undefined) return;
  if (projectLimits(paths).length === 0) return;
  // What moves tickets is loaded only where a budget can be spent.
  const { tellSpentBudgets } = await import('../gates/budget-events.ts');
  const { blockSpentTickets } = await import('../gates/budget-block.ts');
  const place = { paths, config, home, clock };
  await tellSpentBudgets({ ...place, env }, session_id || null);
  const { problems } = await blockSpentTickets(place);
  if (problems.length > 0) throw new Error(`budget-blocked could not be set: ${problems.join('; ')}`);
}

async function ingestWhole(
  session: Parameters<typeof ingest>[0],
  world: HookWorld,
  problems: unknown[],
): Promise<void> {
  for (let more = true; more; ) {
    const { moreToRead, busy } = await ingest(session, world, PORTION_BYTES);
    more = moreToRead && !busy;
  }
  try {
    while (await readChats(session, world, PORTION_BYTES));
  } catch (error) {
    problems.push(error);
  }
}

/** Reads a session's new usage into the ledger of its project. */
export async function ingest(
  input: Pick<HookInput, 'session_id' | 'transcript_path' | 'cwd'>,
  world: HookWorld,
  maxBytes: number,
  later?: (agentId: string) => boolean,
): Promise<Ingested> {
  const { home, env, clock } = world;
  const project = findProject(input.cwd);
  const name = nameOfProject(input.cwd);
  joinAll(input, world, name);
  const llmOps = configOf(project)?.llmOps;
  const ingested = await ingestTranscript({
    transcriptFile: input.transcript_path,
    sessionId: input.session_id,
    ledger: ledgerFile(project?.opsDir, home),
    attribute: ({ at, sessionId, agentId }) =>
      resolve({ home, opsDir: project?.opsDir, env, project: name, sessionId, agentId, at, clock }),
    cursorDir: path.join(home, 'cursors'),
    maxBytes,
    later,
    billing: sessionBilling(llmOps?.billing, env),
    home,
    project: name,
    ...(llmOps?.prices === undefined ? {} : { prices: llmOps.prices }),
  });
  for (const { file, message } of ingested.unread)
    world.report?.(`${file} cannot be read and is missing in the ledger: ${message}`);
  return ingested;
}

/** Agents that used no tool are joined here, by the sidecars that lie beside the transcript. */
function joinAll(
  input: Pick<HookInput, 'session_id' | 'transcript_path'>,
  world: HookWorld,
  project: string,
): void {
  let names: string[] = [];
  try {
    names = readdirSync(path.join(input.transcript_path.replace(/\.jsonl$/, ''), 'subagents'));
  } catch {
    return;
  }
  for (const name of names) {
    const agentId = /^agent-([A-Za-z0-9@._-]{1,128})\.meta\.json$/.exec(name)?.[1];
    if (agentId === undefined) continue;
    try {
      joinAgent(world, { sessionId: input.session_id, agentId, transcript: input.transcript_path, project });
    } catch {
      // A half-written sidecar: the next reader joins it.
    }
  }
}

/** Waits a little for the row of the last answer. Without it the next reader takes it. */
async function newestRow(input: HookInput): Promise<void> {
  const { agent_id, transcript_path, last_assistant_message } = input;
  // In a subagent `transcript_path` is the session's.
  const file = agent_id === undefined ? transcript_path : agentTranscriptOf(transcript_path, agent_id);
  const wanted = JSON.stringify(last_assistant_message.slice(-60)).slice(1, -1);
  if (wanted === '') return;
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(15))
    if (tailOf(file).includes(wanted)) return;
}

function tailOf(file: string): string {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(size, 64 * 1024));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } catch {
    return '';
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
