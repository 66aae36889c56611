import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkNames } from '../../src/router/doctor/finding.ts';
import { repositoryRoot } from '../support/cli.ts';
import { page } from './sample.ts';

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');
const textOf = (folder: string): string =>
  readdirSync(path.join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(path.join(folder, name)))
    .join('\n');

/** Cells of the table below a heading, without its head. */
function table(file: string, heading: string): string[][] {
  const part = page(file).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = part
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return rows.filter((row) => !/^-+$/.test(row[0] ?? '')).slice(1);
}

const quoted = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

describe("the doctor's findings in docs/router.md", () => {
  const rows = table('docs/router.md', '`backlog llm doctor`');

  it('are all there, and no other', () => {
    expect(rows.flatMap(([names]) => quoted(names)).toSorted()).toEqual([...checkNames].toSorted());
  });

  it('tell what the doctor itself tells', () => {
    const doctor = `${textOf('src/router/doctor')}${read('src/cli/commands/llm-doctor-wiring.ts')}`;
    const fixes = rows.flatMap(([, , fix]) => quoted(fix)).map((text) => text.replace(/ <.*/, ''));
    expect(fixes.length).toBeGreaterThan(5);
    expect(fixes.filter((fix) => !doctor.includes(fix))).toEqual([]);
  });
});

it.each(['docs/gateway.md', 'docs/litellm.md'])("%s leads to the doctor's findings", (file) => {
  expect(page(file)).toContain('(router.md#backlog-llm-doctor)');
});

it('what docs/gateway.md says that you see is what the program says', () => {
  const program = textOf('src/gateway') + textOf('src/cli');
  const foreign = ['connection refused', 'ECONNREFUSED 127.0.0.1:4141'];
  const phrases = table('docs/gateway.md', 'Troubleshooting')
    .flatMap(([seen]) => quoted(seen))
    .filter((phrase) => !foreign.includes(phrase));
  expect(phrases.length).toBeGreaterThan(5);
  expect(phrases.filter((phrase) => !program.includes(phrase.replace(/ ?…$/, '')))).toEqual([]);
});
