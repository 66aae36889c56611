import { timestamp } from '../../platform/clock.ts';
import { BacklogError, ExitCode, usageError } from '../../platform/errors.ts';
import { requireProject } from '../../project/paths.ts';
import { openTickets, requireTicket } from '../../tickets/store.ts';
import { touchedFiles } from '../../tickets/touched-files.ts';
import { type BulletKind, playbookSections, playbookStats, selectBullets } from '../../waves/playbook.ts';
import { addBullet, bulletTags, pruneBullets, tagBullet } from '../../waves/playbook-edit.ts';
import { changePlaybook, PLAYBOOK_FILE, readPlaybook } from '../../waves/playbook-file.ts';
import { appendUse } from '../../waves/playbook-uses.ts';
import { noSuchWord } from '../invocation.ts';
import { printResult } from '../output.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** How many bullets an agent is given. */
const DEFAULT_LIMIT = 10;
/** Longest advice, in characters. */
const LONGEST = 500;

/** `backlog playbook stats` */
export const stats: CommandFunction = async (_call, io) => {
  const found = playbookStats(readPlaybook(requireProject(io.cwd)));
  printResult(io, {
    json: { file: PLAYBOOK_FILE, ...found },
    text: `${found.total} bullets: ${found.high_performing} do well, ${found.problematic} do harm, ${found.unused} unused; ${found.archived} archived`,
  });
  return ExitCode.Ok;
};

/** `backlog playbook select`: the advice for a ticket; with `--ticket` it is written down who was given what. */
export const select: CommandFunction = async (call, io) => {
  const { paths, config } = openProject(io);
  const limit = call.number('limit', { min: 1, max: 100, integer: true }) ?? DEFAULT_LIMIT;
  const ticketId = call.text('ticket');
  const ticket = ticketId === undefined ? undefined : requireTicket(openTickets(paths, config), ticketId);
  const type = ticket?.prefix ?? call.text('type');
  if (type === undefined)
    throw usageError('which ticket? Neither --ticket nor --type is there', 'add --ticket <id>');
  const words = ticket === undefined ? [] : [ticket.title, ...ticket.tags, ...touchedFiles(ticket)];
  const bullets = selectBullets(readPlaybook(paths), { type, words, limit });
  if (ticket !== undefined && bullets.length > 0)
    appendUse(paths.opsDir, {
      what: 'given',
      at: timestamp(io.clock),
      ticket_id: ticket.id,
      session_id: io.caller.sessionId ?? null,
      bullets: bullets.map(({ id }) => id),
    });
  const items = bullets.map(({ id, helpful, harmful, text, section }) => ({
    id,
    section,
    helpful,
    harmful,
    text,
  }));
  printResult(io, {
    json: { ticket_id: ticket?.id ?? null, type, items, broken: [] },
    text: items.map(({ id, text }) => `- [${id}] ${text}`).join('\n'),
  });
  return ExitCode.Ok;
};

/** `backlog playbook add <kind> <text>` */
export const add: CommandFunction = async (call, io) => {
  const word = call.requiredArg(0, 'section');
  const kinds = Object.keys(playbookSections);
  const kind = kinds.find((one): one is BulletKind => one === word);
  if (kind === undefined) throw noSuchWord('the section', word, kinds);
  const text = call.requiredArg(1, 'text').replace(/\s+/g, ' ').trim();
  if (text === '' || text.length > LONGEST)
    throw usageError(
      `the text has ${text.length} characters`,
      `say it in one sentence, of 1 to ${LONGEST} characters`,
    );
  let done = { id: '', added: false };
  await changePlaybook(requireProject(io.cwd), (playbook) => {
    const { playbook: after, ...rest } = addBullet(playbook, kind, text);
    done = rest;
    return after;
  });
  printResult(io, {
    json: { ...done, section: playbookSections[kind], text },
    text: done.added ? `added [${done.id}]` : `[${done.id}] says so already`,
  });
  return ExitCode.Ok;
};

/** `backlog playbook tag <id> <tag>` */
export const tag: CommandFunction = async (call, io) => {
  const id = call.requiredArg(0, 'id');
  const word = call.requiredArg(1, 'tag');
  const wanted = bulletTags.find((one) => one === word);
  if (wanted === undefined) throw noSuchWord('the tag', word, bulletTags);
  await changePlaybook(requireProject(io.cwd), (playbook) => {
    const after = tagBullet(playbook, id, wanted);
    if (after === undefined) throw notFound(id);
    return after;
  });
  printResult(io, { json: { id, tag: wanted }, text: `[${id}] ${wanted}` });
  return ExitCode.Ok;
};

/** `backlog playbook prune`: what did more harm than good goes to the archive. */
export const prune: CommandFunction = async (_call, io) => {
  let ids: readonly string[] = [];
  await changePlaybook(requireProject(io.cwd), (playbook) => {
    const { playbook: after, archived } = pruneBullets(playbook);
    ids = archived.map(({ id }) => id);
    return after;
  });
  printResult(io, {
    json: { archived: ids },
    text: ids.length === 0 ? 'nothing to archive' : `archived ${ids.join(', ')}`,
  });
  return ExitCode.Ok;
};

function notFound(id: string): BacklogError {
  return new BacklogError({
    code: 'bullet-not-found',
    message: `${PLAYBOOK_FILE} has no bullet [${id}]`,
    fix: 'take an id that `backlog playbook select` prints',
    exitCode: ExitCode.ProjectUnusable,
  });
}
