import path from 'node:path';
import { type Accuracy, costAccuracy } from '../../ledger/cost-accuracy.ts';
import { readCostHistory } from '../../ledger/cost-history.ts';
import { loadMorePrices, needsMorePrices } from '../../ledger/prices.ts';
import { timestamp } from '../../platform/clock.ts';
import { BacklogError, ExitCode } from '../../platform/errors.ts';
import { type BacklogConfig, minNewTests } from '../../project/config.ts';
import { requireProject } from '../../project/paths.ts';
import { type EstimateFacts, estimateTicket, type TicketEstimate } from '../../refinement/estimate.ts';
import { estimateTable, withEstimate } from '../../refinement/estimate-section.ts';
import { classifyTicket } from '../../tickets/classify.ts';
import { changeTicket, openTickets, requireTicket } from '../../tickets/store.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { pipelineOf } from '../../waves/pipeline.ts';
import { printResult } from '../output.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog ticket estimate`: tokens and USD a model; `--write` puts them into the ticket. */
export const estimate: CommandFunction = async (call, io) => {
  const { paths, config } = openProject(io);
  const ticket = requireTicket(openTickets(paths, config), call.requiredArg(0, 'id'));
  const at = timestamp(io.clock);
  const { entries } = readCostHistory(paths.mainRoot);
  const found = (await estimator(config, entries, at))(ticket);
  const write = call.flag('write');
  if (write) {
    if (ticket.folder === 'completed') throw closed(ticket);
    const journal = { what: `estimate ${ticket.id}`, clock: io.clock };
    await changeTicket(paths, config, ticket.id, (text) => withEstimate(text, found), journal);
  }
  printResult(io, {
    json: { id: ticket.id, ...found, ...(write ? { file: path.relative(io.cwd, ticket.file) } : {}) },
    text: estimateTable(found),
  });
  return ExitCode.Ok;
};

/** Estimates tickets, by the models of the tiers with their prices, the history, and each ticket's pipeline. */
export async function estimator(
  config: BacklogConfig,
  entries: EstimateFacts['entries'],
  at: string,
): Promise<(ticket: Ticket) => TicketEstimate> {
  const models = modelsOf(config);
  const overrides = config.llmOps.prices;
  if (models.some(({ model }) => needsMorePrices({ model, at, overrides }))) await loadMorePrices();
  return (ticket) => {
    const classification = classifyTicket(ticket);
    const { prefix, tags } = ticket;
    const files = ticket.affectedFiles.map((file) => file.path);
    return estimateTicket(ticket, {
      entries,
      models,
      pipeline: pipelineOf({ prefix, tags, files, classification }).pipeline,
      leastTests: minNewTests(config, { prefix, trivial: classification.complexity === 'trivial' }),
      at,
      overrides,
    });
  };
}

/** What Claude Code 2.1.328 asks for by haiku, sonnet and opus. */
const usual = {
  cheap: 'claude-haiku-5-5',
  balanced: 'claude-sonnet-5-5',
  frontier: 'claude-opus-5-5',
} as const;

/** The first model of each tier that costs something. */
function modelsOf({ llmOps }: BacklogConfig): EstimateFacts['models'] {
  return (['cheap', 'balanced', 'frontier'] as const).map((tier) => {
    const chain = llmOps.tiers[tier];
    const first = Array.isArray(chain) ? chain[0] : chain;
    return { tier, model: typeof first === 'string' ? first : usual[tier] };
  });
}

function closed({ id, status, file }: Ticket): BacklogError {
  return new BacklogError({
    code: 'ticket-closed',
    message: `${id} is ${status}; an estimate would be written after the fact`,
    fix: `leave --write out; \`backlog cost accuracy\` compares estimates with what tickets took`,
    exitCode: ExitCode.CheckFailed,
    file,
  });
}

/** `backlog cost accuracy`: how far past estimates were from what tickets took. */
export const accuracy: CommandFunction = async (_call, io) => {
  const { entries } = readCostHistory(requireProject(io.cwd).mainRoot);
  const found = costAccuracy(entries);
  printResult(io, {
    json: found,
    text:
      found.tokens.sample_size === 0
        ? 'no completed ticket had an estimate yet'
        : [
            `USD: ${inWords(found.usd)}`,
            `tokens: ${inWords(found.tokens)}`,
            ...Object.entries(found.by_type).map(
              ([type, { usd, tokens }]) => `  ${type}: USD ${inWords(usd)}; tokens ${inWords(tokens)}`,
            ),
            ...(found.without > 0 ? [`${found.without} completed without an estimate`] : []),
          ].join('\n'),
  });
  return ExitCode.Ok;
};

function inWords({ sample_size, median_error, bias }: Accuracy): string {
  if (median_error === null || bias === null) return 'nothing to compare';
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const way =
    Math.round(bias * 100) === 0 ? 'no bias' : `${percent(Math.abs(bias))} too ${bias > 0 ? 'high' : 'low'}`;
  return `median error ${percent(median_error)}, ${way} (${sample_size})`;
}
