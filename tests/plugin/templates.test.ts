import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { filesIn, readText } from './parts.ts';

const common =
  'id title status priority created updated assignee blockers depends_on shared_files related_docs estimated_tokens scope_boundary';
const optional = ['affected_files', 'tags', 'complexity', 'batchEligible', 'tests'];
const sections = [
  'Context',
  'Description',
  'Affected Files',
  'Acceptance Criteria',
  'Test Strategy',
  'Dependencies',
  'Implementation Notes',
  'History',
];
const testing = ['Unit Tests', 'Integration Tests', 'Verification Commands'];

const templates = [
  { file: 'templates/task.md', more: [], own: [], tested: testing },
  {
    file: 'templates/bug.md',
    more: ['severity', 'environment'],
    own: ['Steps to Reproduce', 'Expected Behavior', 'Actual Behavior'],
    tested: [...testing, 'Regression Tests'],
  },
  { file: 'templates/feature.md', more: ['phase'], own: [], tested: [...testing, 'E2E Tests'] },
  {
    file: 'templates/idea.md',
    more: ['type', 'ice_score', 'hypothesis'],
    own: ['Hypothesis', 'ICE Score', 'Validation Required', 'Metrics of Success'],
    tested: ['Validation Tests'],
  },
];

it('there is a template for each type of ticket, and no other', () => {
  expect(filesIn('templates')).toEqual(templates.map(({ file }) => file).sort());
});

describe.each(templates)('$file', ({ file, more, own, tested }) => {
  const read = () => /^---\n(.*?)\n---\n(.*)$/s.exec(readText(file)) ?? [];
  const headings = (level: string) =>
    [...(read()[2] ?? '').matchAll(new RegExp(`^${level} (.+)$`, 'gm'))].map(([, title = '']) =>
      title.trim(),
    );

  it('has the fields of a ticket, in their order, and its own', () => {
    const keys = Object.keys(parse(read()[1] ?? ''));
    expect(keys.filter((key) => !optional.includes(key) && !more.includes(key))).toEqual(common.split(' '));
    for (const key of more) expect(keys).toContain(key);
  });

  it('has the sections of a ticket, in their order, and its own', () => {
    const titles = headings('##');
    expect(titles.filter((title) => !own.includes(title))).toEqual(sections);
    for (const title of own) expect(titles).toContain(title);
  });

  it('asks for its tests', () => {
    for (const title of tested) expect(headings('###')).toContain(title);
  });

  it('has the tables that the program reads', () => {
    const body = read()[2];
    expect(body).toMatch(/^\| *File *\| *Action *\| *Description *\|$/m);
    expect(body).toMatch(/^\| *Ticket *\| *What it needs *\| *Status *\|$/m);
    expect(body).toMatch(/^\| *Date *\| *Change *\| *Author *\|$/m);
    expect(body).toMatch(/^- \[ \] AC-1: /m);
  });
});
