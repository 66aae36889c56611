import {
  criteriaIn,
  type Fields,
  type ForeignTicket,
  foreign,
  isFields,
  type Refused,
  rest,
  type Source,
  word,
  words,
} from './foreign.ts';
import { marked, ownTicket } from './own.ts';

/** Output of `gh issue list --json …` or of GitHub's REST API: a list of issues. */
export function readGithub(text: string, place: string): Source {
  const value = jsonIn(text, place);
  if ('refused' in value) return value;
  const list = Array.isArray(value.json) ? value.json : [value.json];
  return gathered(list, place, (fields, at) => {
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
export function readTaskMaster(text: string, place: string): Source {
  const value = jsonIn(text, place);
  if ('refused' in value) return value;
  const { json } = value;
  const lists = isFields(json)
    ? Array.isArray(json.tasks)
      ? [['master', json.tasks] as const]
      : Object.entries(json).flatMap(([tag, one]) =>
          isFields(one) && Array.isArray(one.tasks) ? [[tag, one.tasks] as const] : [],
        )
    : [];
  if (lists.length === 0)
    return only({
      place,
      line: 1,
      reason: 'it has no list of tasks',
      fix: 'pass .taskmaster/tasks/tasks.json',
    });
  const sources = lists.map(([tag, tasks]) => {
    const labels = tag === 'master' ? [] : [tag];
    const named = (id: string): string => (tag === 'master' || id === '' ? id : `${tag}/${id}`);
    return gathered(tasks, `${place}#${tag}`, (fields, at) => {
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
  });
  return merged(sources);
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
export function readBeads(text: string, place: string): Source {
  const tickets: ForeignTicket[] = [];
  const refused: Refused[] = [];
  const ignored: { place: string; reason: string }[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const at = `${place}:${index + 1}`;
    const value = jsonIn(line, place, index + 1);
    if ('refused' in value) {
      refused.push(...value.refused);
      continue;
    }
    const { json } = value;
    if (!isFields(json) || word(json.id) === '' || word(json.title) === '') {
      refused.push({
        place,
        line: index + 1,
        reason: 'it has no id or no title',
        fix: `mend ${at} and import again`,
      });
      continue;
    }
    if (json.status === 'tombstone') ignored.push({ place: at, reason: 'deleted in Beads (a tombstone)' });
    else tickets.push(beadOf(json, at));
  }
  return { tickets, refused, ignored };
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
export function readOwnJson(text: string, place: string): Source {
  const value = jsonIn(text, place);
  if ('refused' in value) return value;
  const list = isFields(value.json) ? value.json.tickets : undefined;
  if (!Array.isArray(list))
    return only({
      place,
      line: 1,
      reason: 'it has no list `tickets`',
      fix: 'pass what `ticket export --to json` wrote',
    });
  return gathered(list, place, (fields, at) =>
    isFields(fields.fields) && typeof fields.body === 'string'
      ? ownTicket({ fields: fields.fields, body: fields.body }, at)
      : { reason: 'it has no fields or no body' },
  );
}

type Read =
  | ForeignTicket
  | readonly ForeignTicket[]
  | { readonly ignored: string }
  | { readonly reason: string };

function gathered(
  list: readonly unknown[],
  place: string,
  read: (fields: Fields, at: string) => Read,
): Source {
  const tickets: ForeignTicket[] = [];
  const refused: Refused[] = [];
  const ignored: { place: string; reason: string }[] = [];
  for (const [index, one] of list.entries()) {
    const at = `${place}[${index}]`;
    const result: Read = isFields(one) ? read(one, at) : { reason: 'it is no object' };
    if ('reason' in result)
      refused.push({ place: at, line: 1, reason: result.reason, fix: 'mend it and import again' });
    else if ('ignored' in result) ignored.push({ place: at, reason: result.ignored });
    else if ('place' in result) tickets.push(result);
    else tickets.push(...result);
  }
  return { tickets, refused, ignored };
}

function merged(sources: readonly Source[]): Source {
  return {
    tickets: sources.flatMap(({ tickets }) => tickets),
    refused: sources.flatMap(({ refused }) => refused),
    ignored: sources.flatMap(({ ignored }) => ignored),
  };
}

function only(refused: Refused): Source {
  return { tickets: [], refused: [refused], ignored: [] };
}

function jsonIn(text: string, place: string, line = 1): { readonly json: unknown } | Source {
  try {
    return { json: JSON.parse(text.replace(/^\ufeff/, '')) };
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : String(error);
    return only({
      place,
      line,
      reason: `it is no JSON: ${why}`,
      fix: `mend ${place}:${line} and import again`,
    });
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
