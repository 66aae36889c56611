import { members } from '../platform/json-scan.ts';
import {
  criteriaIn,
  type Fields,
  type ForeignTicket,
  foreign,
  isFields,
  type Read,
  type Refused,
  rest,
  type Source,
  sourceOf,
  word,
  words,
} from './foreign.ts';
import { afterMark, type JsonLists, jsonLists } from './json-lists.ts';
import { marked, ownTicket } from './own.ts';

/** Output of `gh issue list --json …` or of GitHub's REST API: a list of issues. */
export function readGithub(content: string | Buffer, place: string): Source {
  const placesOf = (json: Buffer, from: number): number[] => (json[from] === OPEN_LIST ? [from] : []);
  return fromDocument(content, place, placesOf, ({ document, listIn }) =>
    gathered(listIn(document) ?? [document], place, readIssue),
  );
}

function readIssue(fields: Fields, at: string): Found {
  if (fields.pull_request !== undefined || /\/pull\/\d+$/.test(word(fields.url)))
    return { ignored: 'a pull request' };
  const body = word(fields.body).replaceAll('\r\n', '\n');
  // As it was exported, or with the line ends that GitHub's editor gives to all lines.
  const own = marked(word(fields.body)) ?? marked(body);
  if (own !== undefined) return ownTicket(own, at);
  const number = word(fields.number);
  if (number === '' && word(fields.title) === '') return { reason: 'it has neither number nor title' };
  const labels = words(fields.labels);
  const tagged = labels.find((one) => /^priority[:/ ] *\S/i.test(one) || /^p[0-4]$/i.test(one));
  const reason = word(fields.stateReason) || word(fields.state_reason);
  const closed = /^closed$/i.test(word(fields.state)) || fields.closed === true;
  const comments = Array.isArray(fields.comments) ? fields.comments.filter(isFields) : [];
  return foreign({
    id: number,
    place: at,
    title: word(fields.title),
    status: closed ? (/^(?:not_planned|duplicate)$/i.test(reason) ? 'not planned' : 'closed') : 'open',
    priority: tagged?.replace(/^priority[:/ ] */i, '') ?? '',
    type:
      labels.find((one) => /^(?:bug|feature|enhancement|task)$/i.test(one)) ??
      words(fields.issueType)[0] ??
      '',
    labels,
    assignees: words(fields.assignees),
    created: word(fields.createdAt) || word(fields.created_at),
    updated: word(fields.updatedAt) || word(fields.updated_at),
    closed: word(fields.closedAt) || word(fields.closed_at),
    dependsOn: words(isFields(fields.blockedBy) ? [] : (fields.blockedBy ?? [])),
    sections: [...described(body), ...comments.map(commentSection)],
    more: rest(fields, [...githubKeys, ...(fields.comments === comments.length ? ['comments'] : [])]),
  });
}

const githubKeys = [
  'number',
  'title',
  'body',
  'state',
  'stateReason',
  'state_reason',
  'closed',
  'labels',
  'assignees',
  'assignee',
  'createdAt',
  'created_at',
  'updatedAt',
  'updated_at',
  'closedAt',
  'closed_at',
  'comments',
  'blockedBy',
  'issueType',
  'reactionGroups',
  'projectCards',
  'isPinned',
  'id',
];

/** Task Master's `tasks.json`: tags with tasks (`{master: {tasks}}`), or the older form without tags (`{tasks}`). */
export function readTaskMaster(content: string | Buffer, place: string): Source {
  return fromDocument(content, place, taskLists, ({ document, listIn }) => {
    const tasks = (value: unknown): Iterable<unknown> | undefined =>
      isFields(value) ? listIn(value.tasks) : undefined;
    const master = tasks(document);
    const lists =
      master !== undefined
        ? [['master', master] as const]
        : Object.entries(isFields(document) ? document : {}).flatMap(([tag, one]) => {
            const list = tasks(one);
            return list === undefined ? [] : [[tag, list] as const];
          });
    return lists.length === 0
      ? only({
          place,
          line: 1,
          reason: 'it has no list of tasks',
          fix: 'pass .taskmaster/tasks/tasks.json',
        })
      : tagged(lists, place);
  });
}

/** Where the lists of tasks begin, of every tag. */
function taskLists(json: Buffer, from: number): number[] {
  const listsOf = (object: number): number[] =>
    [...members(json, object)].flatMap(({ key, start }) =>
      key === 'tasks' && json[start] === OPEN_LIST ? [start] : [],
    );
  const own = listsOf(from);
  return own.length > 0 ? own : [...members(json, from)].flatMap(({ start }) => listsOf(start));
}

function* tagged(lists: readonly (readonly [string, Iterable<unknown>])[], place: string): Generator<Read> {
  for (const [tag, tasks] of lists) {
    const labels = tag === 'master' ? [] : [tag];
    const named = (id: string): string => (tag === 'master' || id === '' ? id : `${tag}/${id}`);
    yield* gathered(tasks, `${place}#${tag}`, (fields, at) => {
      const id = word(fields.id);
      const task = taskOf(fields, at, {
        id: named(id),
        labels,
        dependsOn: words(fields.dependencies).map(named),
        parent: '',
      });
      const all: readonly unknown[] = Array.isArray(fields.subtasks) ? fields.subtasks : [];
      const subtasks = all.filter(isFields);
      const isLost = subtasks.length < all.length || !Array.isArray(fields.subtasks ?? []);
      return [
        { ...task, more: { ...task.more, ...(isLost ? { subtasks: fields.subtasks } : {}) } },
        ...subtasks.map((sub) =>
          taskOf(sub, `${at}.${word(sub.id)}`, {
            id: named(`${id}.${word(sub.id)}`),
            labels,
            parent: named(id),
            dependsOn: siblings(sub.dependencies, id).map(named),
          }),
        ),
      ];
    });
  }
}

/** A number below 100 in a subtask is a subtask of the same task (Task Master's own rule); a text is a whole id. */
function siblings(value: unknown, parent: string): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((one) => (typeof one === 'number' && one < 100 ? [`${parent}.${one}`] : words(one)));
}

function taskOf(
  fields: Fields,
  place: string,
  facts: Pick<ForeignTicket, 'id' | 'labels' | 'dependsOn' | 'parent'>,
): ForeignTicket {
  const metadata = isFields(fields.metadata) ? fields.metadata : {};
  return foreign({
    ...facts,
    place,
    title: word(fields.title),
    status: word(fields.status),
    priority: word(fields.priority),
    type: 'task',
    created: word(metadata.created) || word(fields.createdAt),
    updated: word(metadata.updated) || word(fields.updatedAt),
    sections: [
      ...sectionOf('Description', fields.description),
      ...sectionOf('Test Strategy', fields.testStrategy),
      ...sectionOf('Implementation Notes', fields.details),
    ],
    ...acceptance(fields.acceptanceCriteria),
    more: rest(fields, [
      'id',
      'title',
      'status',
      'priority',
      'description',
      'details',
      'testStrategy',
      'acceptanceCriteria',
      'dependencies',
      'subtasks',
      'createdAt',
      'updatedAt',
      'parentId',
      'parentTaskId',
    ]),
  });
}

/** Beads' `issues.jsonl`: an issue a line. */
export function readBeads(bytes: Buffer, place: string): Source {
  return sourceOf(function* () {
    let at = afterMark(bytes);
    for (let line = 1; at < bytes.length; line += 1) {
      const newline = bytes.indexOf('\n', at);
      const end = newline < 0 ? bytes.length : newline;
      const text = bytes.toString('utf8', at, end).replace(/\r$/, '');
      if (text.trim() !== '') yield readBead(text, place, line);
      at = end + 1;
    }
  });
}

function readBead(text: string, place: string, line: number): Read {
  const at = `${place}:${line}`;
  const value = jsonIn(text, place, line);
  if ('refused' in value) return value;
  const { json } = value;
  if (!isFields(json) || word(json.id) === '' || word(json.title) === '')
    return {
      refused: { place, line, reason: 'it has no id or no title', fix: `mend ${at} and import again` },
    };
  return json.status === 'tombstone'
    ? { ignored: { place: at, reason: 'deleted in Beads (a tombstone)' } }
    : { ticket: beadOf(json, at) };
}

/** Links that say what has to be done first; the others (related, discovered-from, …) order nothing. */
const blocking = new Set(['blocks', 'conditional-blocks', 'waits-for', '']);

function beadOf(fields: Fields, place: string): ForeignTicket {
  const links = (Array.isArray(fields.dependencies) ? fields.dependencies : []).filter(isFields);
  const to = (wanted: (type: string) => boolean): string[] =>
    links.filter(({ type }) => wanted(word(type))).map((one) => word(one.depends_on_id) || word(one.id));
  const comments = Array.isArray(fields.comments) ? fields.comments.filter(isFields) : [];
  const other = links
    .filter(({ type }) => !blocking.has(word(type)) && type !== 'parent-child')
    .map((one) => `${word(one.type)}:${word(one.depends_on_id)}`);
  return foreign({
    id: word(fields.id),
    place,
    title: word(fields.title),
    status: word(fields.status),
    priority: word(fields.priority),
    type: word(fields.issue_type),
    labels: words(fields.labels),
    assignees: words(fields.assignee),
    created: word(fields.created_at),
    updated: word(fields.updated_at),
    closed: word(fields.closed_at),
    dependsOn: to((type) => blocking.has(type)).filter((id) => id !== ''),
    parent: to((type) => type === 'parent-child')[0] ?? '',
    sections: [
      ...sectionOf('Description', fields.description),
      ...sectionOf('Design', fields.design),
      ...sectionOf('Implementation Notes', fields.notes),
      ...sectionOf('Close Reason', fields.close_reason),
      ...comments.map(commentSection),
    ],
    ...acceptance(fields.acceptance_criteria),
    more: { ...rest(fields, beadKeys), ...(other.length > 0 ? { links: other } : {}) },
  });
}

const beadKeys = [
  'id',
  'title',
  'description',
  'design',
  'notes',
  'acceptance_criteria',
  'status',
  'priority',
  'issue_type',
  'labels',
  'assignee',
  'created_at',
  'updated_at',
  'closed_at',
  'close_reason',
  'dependencies',
  'comments',
  'content_hash',
  'dependency_count',
  'dependent_count',
  'comment_count',
];

/** What `ticket export --to json` writes. */
export function readOwnJson(content: string | Buffer, place: string): Source {
  const placesOf = (json: Buffer, from: number): number[] =>
    [...members(json, from)].flatMap(({ key, start }) =>
      key === 'tickets' && json[start] === OPEN_LIST ? [start] : [],
    );
  return fromDocument(content, place, placesOf, ({ document, listIn }) => {
    const list = isFields(document) ? listIn(document.tickets) : undefined;
    return list === undefined
      ? only({
          place,
          line: 1,
          reason: 'it has no list `tickets`',
          fix: 'pass what `ticket export --to json` wrote',
        })
      : gathered(list, place, (fields, at) =>
          isFields(fields.fields) && typeof fields.body === 'string'
            ? ownTicket({ fields: fields.fields, body: fields.body }, at)
            : { reason: 'it has no fields or no body' },
        );
  });
}

const OPEN_LIST = '['.charCodeAt(0);

/**
 * Reads a document whose lists are long: their elements one by one, where all of it is JSON.
 * @param placesOf where those lists begin; `from` is behind the white space in front of the document
 */
function fromDocument(
  content: string | Buffer,
  place: string,
  placesOf: (json: Buffer, from: number) => number[],
  read: (lists: JsonLists) => Iterable<Read>,
): Source {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const lists = jsonLists(bytes, placesOf(bytes, startOf(bytes)));
  try {
    if (lists !== undefined) return sourceOf(() => read(lists));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  // The whole text says best where it is wrong.
  const value = jsonIn(bytes.toString('utf8'), place);
  if ('refused' in value) return sourceOf(() => [value]);
  const listIn = (one: unknown): unknown[] | undefined => (Array.isArray(one) ? one : undefined);
  return sourceOf(() => read({ document: value.json, listIn }));
}

function startOf(json: Buffer): number {
  let at = afterMark(json);
  while ([0x20, 0x0a, 0x0d, 0x09].includes(json[at] ?? 0)) at += 1;
  return at;
}

type Found =
  | ForeignTicket
  | readonly ForeignTicket[]
  | { readonly ignored: string }
  | { readonly reason: string };

function* gathered(
  list: Iterable<unknown>,
  place: string,
  read: (fields: Fields, at: string) => Found,
): Generator<Read> {
  let index = 0;
  for (const one of list) {
    const at = `${place}[${index}]`;
    index += 1;
    const found: Found = isFields(one) ? read(one, at) : { reason: 'it is no object' };
    if ('reason' in found)
      yield { refused: { place: at, line: 1, reason: found.reason, fix: 'mend it and import again' } };
    else if ('ignored' in found) yield { ignored: { place: at, reason: found.ignored } };
    else if ('place' in found) yield { ticket: found };
    else for (const ticket of found) yield { ticket };
  }
}

function only(refused: Refused): Read[] {
  return [{ refused }];
}

function jsonIn(
  text: string,
  place: string,
  line = 1,
): { readonly json: unknown } | { readonly refused: Refused } {
  try {
    return { json: JSON.parse(text.replace(/^\ufeff/, '')) };
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : String(error);
    const fix = `mend ${place}:${line} and import again`;
    return { refused: { place, line, reason: `it is no JSON: ${why}`, fix } };
  }
}

function sectionOf(title: string, value: unknown): ForeignTicket['sections'] {
  const text = Array.isArray(value)
    ? words(value)
        .map((one) => `- ${one}`)
        .join('\n')
    : word(value);
  return text.trim() === '' ? [] : [{ title, text }];
}

function commentSection(comment: Fields): ForeignTicket['sections'][number] {
  const author = word(comment.author) || words(comment.author)[0] || words(comment.user)[0] || 'unknown';
  const at = word(comment.createdAt) || word(comment.created_at);
  return {
    title: `Comment by ${author}${at === '' ? '' : `, ${at}`}`,
    text: word(comment.body) || word(comment.text),
  };
}

/** A body is the description, but for a list of tasks under "Acceptance criteria". */
function described(body: string): ForeignTicket['sections'] {
  return sectionOf('Description', body);
}

function acceptance(value: unknown): Partial<ForeignTicket> {
  if (Array.isArray(value)) return { criteria: words(value).map((text) => ({ text, checked: false })) };
  const { criteria, other } = criteriaIn(word(value));
  if (criteria.length > 0 || other === '') return { criteria };
  return {
    criteria: other
      .split('\n')
      .flatMap((line) => (line.trim() === '' ? [] : [{ text: line.trim(), checked: false }])),
  };
}
