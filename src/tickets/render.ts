import type { Draft } from './draft.ts';

export interface RenderFacts {
  readonly id: string;
  /** UTC day. */
  readonly date: string;
  readonly author: string;
}

/**
 * The text of a ticket from its draft. Values cannot break its structure: headings in prose go below the section's own, open
 * fences are closed, cells and lines stay on one line.
 */
export function renderTicket(draft: Draft, facts: RenderFacts): string {
  const parts = [frontMatter(draft, facts), `# ${facts.id}: ${oneLine(draft.title)}`];
  for (const [title, text] of sectionsOf(draft, facts)) if (text !== '') parts.push(`## ${title}\n\n${text}`);
  return `${parts.join('\n\n')}\n`;
}

/** The draft of a title alone: the template with its guidance. */
export function renderTemplate(template: string, title: string, { id, date, author }: RenderFacts): string {
  const values: Readonly<Record<string, string>> = {
    id,
    date,
    author,
    title: scalar(title),
    heading: oneLine(title),
  };
  return template.replaceAll(/<(id|date|author|title|heading)>/g, (_all, name: string) => values[name] ?? '');
}

function frontMatter(draft: Draft, { id, date }: RenderFacts): string {
  const dependsOn = draft.dependencies.map(({ ticket }) => ticket);
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['id', id],
    ['title', scalar(draft.title)],
    ['status', 'pending'],
    ['priority', draft.priority],
    ['created', date],
    ['updated', date],
    ['assignee', 'unassigned'],
    ['blockers', '[]'],
    ['depends_on', list(dependsOn)],
    ['shared_files', list(draft.shared_files)],
    ['related_docs', list(draft.related_docs)],
    ['estimated_tokens', '0'],
    ['scope_boundary', draft.scope_boundary === '' ? '""' : scalar(draft.scope_boundary)],
    ['tags', draft.tags.length > 0 ? list(draft.tags) : undefined],
    ['tests', draft.test_mode],
    ['severity', draft.severity],
    ['environment', draft.environment && scalar(draft.environment)],
    ['phase', draft.phase && scalar(draft.phase)],
    ['type', draft.idea_type],
    ['ice_score', draft.ice && iceScore(draft.ice).toFixed(1)],
    ['hypothesis', draft.hypothesis && scalar(oneLine(draft.hypothesis))],
  ];
  const rows = fields.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
  return `---\n${rows.join('\n')}\n---`;
}

function sectionsOf(draft: Draft, { date, author }: RenderFacts): [string, string][] {
  const { ice } = draft;
  return [
    ['Context', prose(draft.context)],
    ['Description', prose(draft.description)],
    ['Steps to Reproduce', prose(draft.steps_to_reproduce)],
    ['Expected Behavior', prose(draft.expected_behavior)],
    ['Actual Behavior', prose(draft.actual_behavior)],
    ['Hypothesis', prose(draft.hypothesis)],
    [
      'ICE Score',
      ice === undefined
        ? ''
        : table(
            ['Impact', 'Confidence', 'Ease', 'Score'],
            [[String(ice.impact), String(ice.confidence), String(ice.ease), iceScore(ice).toFixed(1)]],
          ),
    ],
    ['Validation Required', prose(draft.validation_required)],
    ['Metrics of Success', prose(draft.metrics_of_success)],
    [
      'Affected Files',
      table(
        ['File', 'Action', 'Description'],
        draft.affected_files.map(({ path, action, description }) => [path, action, description]),
      ),
    ],
    [
      'Acceptance Criteria',
      draft.criteria
        .map((text, index) => `- [ ] AC-${index + 1}: ${oneLine(text).replace(/^AC-[0-9]+: */, '')}`)
        .join('\n'),
    ],
    ['Test Strategy', testStrategy(draft)],
    [
      'Dependencies',
      draft.dependencies.length === 0
        ? 'None.'
        : table(
            ['Ticket', 'What it needs', 'Status'],
            draft.dependencies.map(({ ticket, needs }) => [ticket, needs, 'pending']),
          ),
    ],
    ['Implementation Notes', prose(draft.implementation_notes)],
    ['History', table(['Date', 'Change', 'Author'], [[date, 'Created', author]])],
  ];
}

function testStrategy({ tests }: Draft): string {
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['Unit Tests', tests.unit],
    ['Integration Tests', tests.integration],
    ['E2E Tests', tests.e2e],
    ['Regression Tests', tests.regression],
    ['Validation Tests', tests.validation],
  ];
  const parts = groups.flatMap(([title, items]) =>
    items.length === 0 ? [] : [`### ${title}\n\n${items.map((text) => `- ${oneLine(text)}`).join('\n')}`],
  );
  if (tests.verification.length > 0) {
    const commands = tests.verification.map(oneLine).join('\n');
    const fence = '`'.repeat(Math.max(3, longestFence(commands) + 1));
    parts.push(`### Verification Commands\n\n${fence}bash\n${commands}\n${fence}`);
  }
  return parts.join('\n\n');
}

function iceScore({ impact, confidence, ease }: NonNullable<Draft['ice']>): number {
  return (impact + confidence + ease) / 3;
}

/** Prose inside a section: its headings at the third level or below, its fences closed, its comments visible as text. */
export function prose(text: string | undefined): string {
  if (text === undefined) return '';
  let fence = '';
  const rows = text
    .trim()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('<!--', '&lt;!--')
    .split('\n')
    .map((row) => {
      const mark = /^ {0,3}(`{3,}|~{3,})/.exec(row)?.[1];
      if (mark !== undefined && (fence === '' || (mark.startsWith(fence) && row.trim() === mark)))
        fence = fence === '' ? mark : '';
      if (fence !== '') return row;
      // `===` or `---` below a line would make a heading of it.
      if (/^ {0,3}(=+|-+)\s*$/.test(row)) return `\\${row.trim()}`;
      return row.replace(/^( {0,3})#{1,2}(?= |$)/, '$1###');
    });
  return [...rows, ...(fence === '' ? [] : [fence])].join('\n');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableRow(head), `|${head.map(() => '---|').join('')}`, ...rows.map(tableRow)].join('\n');
}

/** A row of a table, without its line end. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => oneLine(cell).replaceAll('\\', '\\\\').replaceAll('|', '\\|')).join(' | ')} |`;
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function longestFence(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
}

/** A YAML scalar that is read as this very text; double quotes where plain would be something else. */
function scalar(text: string): string {
  const plain =
    /^[A-Za-z][A-Za-z0-9 _./()+%-]*$/.test(text) &&
    !/\s$/.test(text) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

function list(items: readonly string[]): string {
  return `[${items.map(scalar).join(', ')}]`;
}
