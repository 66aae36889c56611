import path from 'node:path';
import { settleStatus } from '../../gates/settle.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { newTicket } from '../../tickets/create.ts';
import { draftFrom } from '../../tickets/draft-fast.ts';
import { lazyEdit } from '../../tickets/library.ts';
import { ticketStatuses } from '../../tickets/ticket.ts';
import { changeTicket, moveTicket } from '../../tickets/write.ts';
import { noSuchWord } from '../invocation.ts';
import { knownProject } from '../known-project.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';
import { textFrom } from '../text-from.ts';
import { fieldsFrom } from '../ticket-fields.ts';
import { findingJson } from '../ticket-output.ts';

/** `backlog ticket new`: the next free id, from a title or from a whole ticket. */
export const create: CommandFunction = async (call, io) => {
  const from = call.text('from');
  if (from === 'help') {
    const { draftExample } = await import('../../tickets/draft.ts');
    const text = JSON.stringify(draftExample, undefined, 2);
    printResult(io, { json: { form: draftExample }, text });
    return ExitCode.Ok;
  }
  const { paths, config } = await knownProject(io);
  const draft = from === undefined ? undefined : await draftFrom(await textFrom(from, io));
  const prefix = call.text('type') ?? draft?.type;
  const title = call.text('title') ?? draft?.title;
  if (prefix === undefined)
    throw usageError('which type?', `add --type ${config.backlog.ticketPrefixes.join('|')}`);
  if (title === undefined || title.trim() === '')
    throw usageError('the title is missing', 'add --title "<what is to be done>"');
  const { ticket, findings, namesakes } = await newTicket(
    paths,
    config,
    {
      prefix,
      title: title.trim(),
      draft: draft && { ...draft, title: title.trim() },
      set: await fieldsFrom(call.texts('set')),
      author: 'backlog',
    },
    io.clock,
  );
  const file = path.relative(io.cwd, ticket.file);
  printResult(io, {
    json: {
      id: ticket.id,
      file,
      title: ticket.title,
      findings: findings.map((finding) => findingJson(finding, io.cwd)),
      same_title: namesakes,
    },
    text: file,
  });
  if (namesakes.length > 0)
    io.note(
      `warning: ${namesakes.join(', ')} ${namesakes.length === 1 ? 'has' : 'have'} the same title: \`backlog ticket duplicates ${ticket.id}\` says what else is alike, \`backlog undo\` takes it back`,
    );
  if (findings.length > 0)
    io.note(
      `${ticket.id} is a draft: ${findings.length} findings, \`backlog ticket validate ${ticket.id}\` lists them`,
    );
  return ExitCode.Ok;
};

/** `backlog ticket edit`: front matter fields; every other byte stays. */
export const edit: CommandFunction = async (call, io) => {
  const id = call.requiredArg(0, 'id');
  const fields = await fieldsFrom(call.texts('set'));
  if (Object.keys(fields).length === 0) throw usageError('nothing to set', 'add --set key=value');
  const { paths, config } = await knownProject(io);
  if (fields.status !== undefined) {
    const { refuseUnblocking } = await import('../../gates/unblock.ts');
    await refuseUnblocking({ paths, config, caller: io.caller }, id, String(fields.status));
  }
  const ticket = await changeTicket(paths, config, id, (text) => lazyEdit(text, fields), {
    what: `edit ${id}`,
    clock: io.clock,
  });
  await settleStatus({ paths, config, clock: io.clock, env: io.env, note: io.note }, id, ticket.status);
  const file = path.relative(io.cwd, ticket.file);
  printResult(io, { json: { id, file, set: fields }, text: file });
  return ExitCode.Ok;
};

/** `backlog ticket move`: the status, and the folder with it. */
export const move: CommandFunction = async (call, io) => {
  const id = call.requiredArg(0, 'id');
  const word = call.requiredArg(1, 'status');
  const status = ticketStatuses.find((one) => one === word);
  if (status === undefined) throw noSuchWord('the status', word, ticketStatuses);
  const [{ gateCallOf }, { whoCloses }, { writeHistory }, { refuseUnblocking }] = await Promise.all([
    import('../gate-call.ts'),
    import('../../gates/close.ts'),
    import('../../gates/history.ts'),
    import('../../gates/unblock.ts'),
  ]);
  const gateCall = gateCallOf(io);
  const { paths, config } = gateCall;
  await refuseUnblocking(gateCall, id, status);
  const closer = await whoCloses(gateCall, id, status);
  const ticket = await moveTicket(paths, config, id, status, io.clock, { journal: true });
  if (closer !== undefined)
    await writeHistory(gateCall, id, {
      change: `Closed as ${status} after its work was started`,
      author: closer,
    });
  await settleStatus({ paths, config, clock: io.clock, env: io.env, note: io.note }, id);
  const file = path.relative(io.cwd, ticket.file);
  printResult(io, { json: { id, status, file }, text: `${id} is ${status}: ${file}` });
  return ExitCode.Ok;
};
