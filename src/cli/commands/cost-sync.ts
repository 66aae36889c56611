import path from 'node:path';
import { ingest } from '../../hooks/usage.ts';
import { ledgerFile } from '../../ledger/append.ts';
import { sessionBilling } from '../../ledger/billing.ts';
import { type SpendSynced, syncSpendLogs } from '../../ledger/spend-logs.ts';
import { RunningSums } from '../../ledger/sums.ts';
import { claudeFolder, transcriptsOf } from '../../ledger/transcript-folders.ts';
import { ExitCode } from '../../platform/errors.ts';
import { sha256 } from '../../platform/ids.ts';
import { loadConfig } from '../../project/config.ts';
import { projectName } from '../../project/name.ts';
import { backlogHome, findProject } from '../../project/paths.ts';
import { defaultSettings, gatewayIsNamed, litellmAt } from '../../router/settings.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { count } from './figures.ts';

/** A portion of a transcript that is read at once: 16 MiB. */
const PORTION_BYTES = 16 * 1024 * 1024;
const DAYS = 30;

/** `cost sync`: everything that this machine and LiteLLM know of the project's requests, once. */
export async function sync(call: Invocation, io: Io): Promise<ExitCode> {
  const home = backlogHome(io.env);
  const ledger = ledgerFile(findProject(io.cwd)?.opsDir, home);
  const transcripts = await readTranscripts(io, home);
  const litellm = await readSpendLogs(call, io, home, ledger);
  const sums = RunningSums.open(ledger, home);
  sums.rebuild();
  await sums.saveSurely();
  if (transcripts.bad_rows > 0)
    io.note(`warning: ${count(transcripts.bad_rows, 'row')} of transcripts cannot be read`);
  if (transcripts.busy > 0)
    io.note(`note: another process is reading ${count(transcripts.busy, 'session')}; it goes on`);
  for (const day of litellm?.truncated ?? [])
    io.note(`warning: LiteLLM gave out only a part of ${day}; its other requests are missing`);
  const total = transcripts.records + (litellm?.records ?? 0);
  printResult(io, {
    json: { ledger, records: total, transcripts, litellm: litellm ?? null },
    text: [
      `${count(total, 'line')} added to ${ledger}`,
      `${count(transcripts.sessions, 'session')} of Claude Code read: ${count(transcripts.records, 'new line')}`,
      litellm === undefined
        ? 'LiteLLM is not configured'
        : `LiteLLM's spend logs read: ${count(litellm.records, 'new line')}, ${litellm.skipped} of other projects`,
    ].join('\n'),
  });
  return ExitCode.Ok;
}

interface TranscriptsRead {
  readonly sessions: number;
  readonly records: number;
  readonly bad_rows: number;
  readonly busy: number;
}

async function readTranscripts(io: Io, home: string): Promise<TranscriptsRead> {
  const root = findProject(io.cwd)?.mainRoot ?? io.cwd;
  const sessions = transcriptsOf(claudeFolder(io.env), root);
  const read = { sessions: sessions.length, records: 0, bad_rows: 0, busy: 0 };
  const unread = new Set<string>();
  const report = (message: string) => unread.add(message);
  for (const session of sessions)
    for (let more = true; more; ) {
      const part = await ingest(session, { env: io.env, home, clock: io.clock, report }, PORTION_BYTES);
      read.records += part.records;
      read.bad_rows += part.badRows;
      if (part.busy) read.busy += 1;
      more = part.moreToRead && !part.busy;
    }
  for (const message of unread) io.note(`warning: ${message}`);
  return read;
}

async function readSpendLogs(
  call: Invocation,
  io: Io,
  home: string,
  ledger: string,
): Promise<SpendSynced | undefined> {
  const project = findProject(io.cwd);
  const llmOps = project && loadConfig(project, io.cwd).config.llmOps;
  const settings = { ...defaultSettings, gateway: llmOps?.gateway ?? defaultSettings.gateway };
  if (!call.flag('litellm') && !gatewayIsNamed(settings, io.env)) return undefined;
  const { base: url, keyEnv } = litellmAt(settings, io.env);
  return syncSpendLogs({
    url,
    key: io.env[keyEnv] || undefined,
    fetch: globalThis.fetch,
    project: projectName(project?.root ?? io.cwd).name,
    ledger,
    home,
    cursorFile: path.join(home, 'cursors', `litellm-${sha256(`${url}\n${ledger}`).slice(0, 16)}.json`),
    days: call.number('days', { min: 1, max: 3650, integer: true }) ?? DAYS,
    now: io.clock(),
    billing: sessionBilling(llmOps?.billing, {}),
  });
}
