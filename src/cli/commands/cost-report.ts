import { readdirSync } from 'node:fs';
import path from 'node:path';
import { sessionBilling } from '../../ledger/billing.ts';
import { claudeTotals } from '../../ledger/claude-totals.ts';
import { amountIn } from '../../ledger/fields.ts';
import { inLastDays } from '../../ledger/period.ts';
import { type CostReport, costReport } from '../../ledger/report.ts';
import { claudeFolder, type FoundTranscript, transcriptsOf } from '../../ledger/transcript-folders.ts';
import { transcriptRequests } from '../../ledger/transcript-report.ts';
import { BacklogError, ExitCode, messageOf } from '../../platform/errors.ts';
import { findProject, type ProjectPaths } from '../../project/paths.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { runnable } from '../program-name.ts';
import { withBars } from '../progress.ts';
import { faultNotes } from './cost-text.ts';
import { count, is } from './figures.ts';
import { hasLedger, ledgerOf } from './ledgers.ts';
import type { ReportExtras } from './report-extras.ts';
import { reportText } from './report-text.ts';

/** `cost report`: what tickets, gates, agents and models cost. Where nothing keeps a ledger, what transcripts say, by branch. */
export async function report(call: Invocation, io: Io): Promise<ExitCode> {
  const project = findProject(io.cwd);
  const ledger = ledgerOf(call, io);
  const ticket = call.text('ticket');
  const days = call.number('days', { min: 1, max: 36_500, integer: true });
  const own = call.text('ledger') === undefined;
  const sessions = own ? transcriptsOf(claudeFolder(io.env), project?.mainRoot ?? io.cwd) : [];
  const fromTranscripts = own && sessions.length > 0 && (project === undefined || !hasLedger(ledger));
  const gates = own && project ? await failuresOf(project, io) : undefined;
  const transcripts = fromTranscripts ? await requestsOf(sessions, project, io) : undefined;
  const unread = new Map(transcripts?.unread_files.map(({ file, message }) => [file, message]));
  const query = {
    ledger: fromTranscripts ? undefined : ledger,
    ticket,
    inTime: days === undefined ? undefined : inLastDays(days, io.clock),
    failures: gates?.first,
    // Totals are of whole sessions, so they compare with everything only.
    claudeTotals:
      days === undefined && ticket === undefined
        ? claudeTotals(sessions, (file, message) => unread.set(file, message))
        : undefined,
    further: transcripts?.requests,
  };
  const answer = await withBars(io, async ({ watch }) => costReport({ ...query, watch }));
  const estimates = own && project ? await estimatesOf(project, answer, io) : null;
  const source = fromTranscripts ? 'transcripts' : 'ledger';
  const extras: ReportExtras = {
    estimates,
    failed_gate_runs: gates?.runs ?? null,
    source,
    bad_transcript_rows: transcripts?.bad_rows ?? 0,
    next: nextCommand(answer, { inProject: project !== undefined, sessions, source }),
  };
  for (const note of faultNotes(answer)) io.note(note);
  for (const [file, message] of unread)
    io.note(`warning: ${file} cannot be read and is missing in the sums: ${message}`);
  const bad = extras.bad_transcript_rows;
  if (bad > 0)
    io.note(`warning: ${count(bad, 'row')} of transcripts cannot be read and ${is(bad)} missing in the sums`);
  printResult(io, {
    json: { ...answer, ...extras, ledger, days: days ?? null },
    text: reportText(answer, { ...extras, next: runnable(extras.next, io.env) }, io.columns),
  });
  return ExitCode.Ok;
}

async function requestsOf(sessions: readonly FoundTranscript[], project: ProjectPaths | undefined, io: Io) {
  const { loadConfig } = await import('../../project/config.ts');
  const llmOps = project && loadConfig(project, io.cwd).config.llmOps;
  return transcriptRequests(sessions, {
    billing: sessionBilling(llmOps?.billing, io.env),
    prices: llmOps?.prices,
  });
}

interface Failures {
  readonly first: ReadonlyMap<string, string>;
  readonly runs: number;
}

const noFailures: Failures = { first: new Map(), runs: 0 };

/** When each gate of each ticket first failed, from the evidence. */
async function failuresOf({ opsDir }: ProjectPaths, io: Io): Promise<Failures> {
  const first = new Map<string, string>();
  let runs = 0;
  const names = evidenceNames(path.join(opsDir, 'evidence'));
  if (names.length === 0) return noFailures;
  const { readEvidence } = await import('../../gates/evidence.ts');
  for (const ticket of names) {
    try {
      for (const { record } of readEvidence(opsDir, ticket)) {
        if (record.result !== 'fail') continue;
        runs += 1;
        const key = `${ticket}/${record.gate}`;
        const known = first.get(key);
        if (known === undefined || record.started_at < known) first.set(key, record.started_at);
      }
    } catch (error) {
      if (!(error instanceof BacklogError)) throw error;
      io.note(`warning: rework of ${ticket} is not counted: ${messageOf(error)}`);
    }
  }
  return { first, runs };
}

function evidenceNames(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((name) => (name.endsWith('.jsonl') ? [name.slice(0, -6)] : []));
  } catch {
    // No gate has run yet.
    return [];
  }
}

async function estimatesOf(
  project: ProjectPaths,
  { by_ticket }: CostReport,
  io: Io,
): Promise<ReportExtras['estimates']> {
  if (by_ticket.every(({ name }) => name === null)) return null;
  try {
    const { loadConfig } = await import('../../project/config.ts');
    const { loadBacklog } = await import('../../tickets/open.ts');
    const { tickets } = await loadBacklog(project, loadConfig(project, io.cwd).config);
    const estimated = new Map<string, number>();
    for (const { id, fields } of tickets) {
      const tokens = amountIn(fields, 'estimated_tokens');
      if (tokens) estimated.set(id, tokens);
    }
    const rows = by_ticket.filter(({ name }) => name !== null && estimated.has(name));
    if (rows.length === 0) return null;
    return {
      tickets: rows.length,
      estimated_tokens: rows.reduce((sum, { name }) => sum + (estimated.get(name ?? '') ?? 0), 0),
      actual_tokens: rows.reduce(
        (sum, row) =>
          sum + row.input_tokens + row.output_tokens + row.cache_read_tokens + row.cache_write_tokens,
        0,
      ),
    };
  } catch (error) {
    if (!(error instanceof BacklogError)) throw error;
    io.note(`warning: estimates are not compared: ${messageOf(error)}`);
    return null;
  }
}

/** A difference below this is rounding, USD. */
const NOTHING = 0.005;

function nextCommand(
  report: CostReport,
  {
    inProject,
    sessions,
    source,
  }: { inProject: boolean; sessions: readonly unknown[]; source: ReportExtras['source'] },
): string {
  const { total, unattributed, reconciliation } = report;
  if (!inProject) return 'backlog init';
  if (source === 'transcripts') return 'backlog cost sync';
  if (reconciliation !== null && reconciliation.difference_usd < -NOTHING) return 'backlog cost sync';
  if (total.requests === 0) return sessions.length > 0 ? 'backlog cost sync' : 'backlog ticket list --ready';
  if (report.unpriced_models.length > 0) return 'backlog stats --group-by model';
  if (unattributed.cost_usd > total.cost_usd / 5) return 'backlog context set <ticket> <gate> <agent>';
  const dearest = report.by_ticket.find(({ name }) => name !== null)?.name;
  return dearest && /^[\w-]+$/.test(dearest)
    ? `backlog stats --scope ticket --id ${dearest} --group-by gate`
    : 'backlog stats --group-by day';
}
