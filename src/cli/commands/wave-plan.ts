import { readFileSync } from 'node:fs';
import path from 'node:path';
import { reservedByOthers } from '../../gates/reservation.ts';
import { ExitCode, messageOf, usageError } from '../../platform/errors.ts';
import { type BacklogConfig, parseConfig } from '../../project/config.ts';
import { findProject } from '../../project/paths.ts';
import { wholeTickets } from '../../tickets/listing.ts';
import { waitReason } from '../../tickets/ready.ts';
import type { BrokenTicket } from '../../tickets/ticket.ts';
import { planListing } from '../../waves/backlog-plan.ts';
import { listedCandidates } from '../../waves/listed-tickets.ts';
import { planWaves, type WavePlan } from '../../waves/plan.ts';
import { gateCallOf, inMain } from '../gate-call.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { Lost } from '../lost.ts';
import { listing } from '../open-tickets.ts';
import { printResult } from '../output.ts';
import { type Progress, progress } from '../progress.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText } from '../ticket-output.ts';

export const DEFAULT_SLOTS = 3;
export const MOST_SLOTS = 32;

/** `backlog wave plan`: which tickets can be implemented side by side, wave after wave. */
export const plan: CommandFunction = async (call, io) => {
  const maxSlots = call.number('maxSlots', { min: 1, max: MOST_SLOTS, integer: true }) ?? DEFAULT_SLOTS;
  const list = call.text('tickets');
  const { waves, skipped, broken } =
    list === undefined ? await ofBacklog(io, maxSlots, call) : await ofList(io, maxSlots, list);
  printResult(io, { json: { waves, skipped, broken }, text: planText({ waves, skipped }, broken) });
  return broken.length > 0 ? ExitCode.ProjectUnusable : ExitCode.Ok;
};

type Planned = WavePlan & { readonly broken: readonly BrokenTicket[] };

async function ofBacklog(io: Io, maxSlots: number, call: Invocation): Promise<Planned> {
  const { paths, config } = openProject(inMain(io));
  const backlog = await listing(paths, config, io);
  const ids = call.args(0);
  const wanted = {
    maxSlots,
    ids: ids.length > 0 ? ids : undefined,
    reserved: await reservedByOthers(gateCallOf(io)),
  };
  const lost = new Lost(io, 'planned');
  const planned = await planListing({ paths, config, clock: io.clock }, backlog, wanted, (listed) =>
    told(wholeTickets(listed, paths, config, lost.add), progress(io, 'planning tickets', listed.length)),
  );
  return { ...planned, broken: brokenFrom([...backlog.broken, ...lost.told()], paths.mainRoot, io.cwd) };
}

async function* told<T>(steps: AsyncIterable<T>, bar: Progress): AsyncGenerator<T> {
  try {
    for await (const step of steps) {
      bar.advance();
      yield step;
    }
  } finally {
    bar.end();
  }
}

/** A list needs no project; where there is one, its completed tickets count and its routing holds. */
async function ofList(io: Io, maxSlots: number, list: string): Promise<Planned> {
  const text = await listText(io, list);
  const project = findProject(io.cwd) === undefined ? undefined : openProject(inMain(io));
  const backlog = project && (await listing(project.paths, project.config, io));
  const candidates = listedCandidates(text, (id) => backlog?.byId(id)?.status === 'completed');
  const planned = planWaves(candidates, {
    config: project?.config ?? defaultConfig(),
    maxSlots,
    occupied: [],
    missing: (id) => (backlog === undefined ? `${id} is not in the list` : waitReason(id, backlog)),
  });
  return { ...planned, broken: [] };
}

async function listText(io: Io, list: string): Promise<string> {
  if (list === '-') return io.stdin();
  if (list.trimStart().startsWith('[')) return list;
  try {
    return readFileSync(path.resolve(io.cwd, list), 'utf8');
  } catch (error) {
    throw usageError(
      `the tickets cannot be read: ${messageOf(error)}`,
      'pass a JSON array, a file with one, or `-` and give it on stdin',
      'wave-tickets-invalid',
    );
  }
}

function defaultConfig(): BacklogConfig {
  const blocks = {
    project: { name: 'none' },
    backlog: {},
    qualityGates: {},
    codeRules: {},
    ticketValidation: {},
  };
  return parseConfig(JSON.stringify({ version: '1.1', ...blocks })).config;
}

function planText({ waves, skipped }: WavePlan, broken: readonly BrokenTicket[]): string {
  const width = Math.max(0, ...waves.flatMap(({ tickets }) => tickets.map(({ id }) => id.length)));
  return [
    ...waves.flatMap(({ wave, tickets }) => [
      `wave ${wave}`,
      ...tickets.map(
        ({ id, agent_type, pipeline, tier, complexity, batch, rationale }) =>
          `  ${id.padEnd(width)}  ${agent_type}, ${tier}, ${pipeline} (${complexity})${batch === null ? '' : `, batch ${batch}`}: ${rationale}`,
      ),
    ]),
    ...(waves.length === 0 ? ['nothing can be started'] : []),
    ...skipped.map(({ id, reason }) => `skipped ${id}: ${reason}`),
    ...brokenText(broken),
  ].join('\n');
}
