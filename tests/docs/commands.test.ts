import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { commandRows as commands } from '../../src/cli/commands.ts';
import { repositoryRoot } from '../support/cli.ts';

const GLOBAL = ['--json', '--cwd', '--help', '--version', '--no-color', '-h'];
const names = new Map(
  commands.flatMap((row) => [row.name, ...(row.aliases ?? [])].map((name) => [name, row])),
);
/** `gate` of `gate run`: alone it prints its help. */
const nouns = new Set([...names.keys()].flatMap((name) => (name.includes(' ') ? [name.split(' ')[0]] : [])));

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(path.join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name));
}

/** Calls of ours on a page: in backquotes, and lines of shell examples. */
const onPage = /(?:`|^|npx )backlog(?:-toolkit)? ([a-z][^`\n#|>]*)/gm;
/** Calls of ours in messages: in backquotes within a string. A template that begins with our name is a sentence. */
const inSource = /(?:\\`|(?<='\w[^'\n]*)`)backlog ([a-z][^`\\\n$]*)/g;

function callsIn(text: string, form: RegExp): string[] {
  return [...text.matchAll(form)].map(([, call = '']) => call.trim()).filter((call) => !/^\w+: /.test(call));
}

function problemOf(call: string): string | undefined {
  const [first = '', second = ''] = call.split(/[\s,;)]+/);
  const row = names.get(`${first} ${second}`) ?? names.get(first);
  if (row === undefined)
    return nouns.has(first) && !/^[a-z]/.test(second) ? undefined : `no command: ${call}`;
  const before = call.split(' -- ')[0] ?? '';
  const known = (row.options ?? []).flatMap(([flags]) => flags.match(/--?[a-z][\w-]*/g) ?? []);
  const unknown = (before.replaceAll(/"[^"]*"/g, '').match(/(?<=\s)--[a-z][a-z-]*/g) ?? []).filter(
    (flag) => ![...known, ...GLOBAL].includes(flag),
  );
  return unknown.length === 0 ? undefined : `no flag ${unknown.join(', ')}: ${call}`;
}

const pages = [
  'README.md',
  ...['docs', 'skills', 'commands', 'agents'].flatMap((folder) => filesBelow(folder, '.md')),
];

it.each([...pages, ...filesBelow('src', '.ts')])('%s names commands and flags that there are', (file) => {
  const text = readFileSync(path.join(repositoryRoot, file), 'utf8');
  expect(
    callsIn(text, file.endsWith('.md') ? onPage : inSource).flatMap((call) => problemOf(call) ?? []),
  ).toEqual([]);
});

it('finds what is wrong', () => {
  expect(['doctor', 'gate run lint --tickets X', 'llm doctors'].map(problemOf)).not.toContain(undefined);
  expect(['gate run lint --ticket X', 'gateway exec -- claude --resume'].map(problemOf)).toEqual([
    undefined,
    undefined,
  ]);
});
