import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { detectName, detectStack, isTagValue } from '../../src/project/stack.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

it.each([
  [['package.json', 'tsconfig.json', 'go.mod'], 'typescript'],
  [['package.json', 'pyproject.toml'], 'javascript'],
  [['tsconfig.json'], 'generic'],
  [['pyproject.toml'], 'python'],
  [['setup.py'], 'python'],
  [['requirements.txt', 'go.mod'], 'python'],
  [['go.mod', 'Cargo.toml'], 'go'],
  [['Cargo.toml'], 'rust'],
  [['Package.swift'], 'swift'],
  [[], 'generic'],
])('%j is %s', (files, stack) => {
  const root = tempDir();
  writeFiles(root, Object.fromEntries(files.map((file) => [file, ''])));
  expect(detectStack(root)).toBe(stack);
});

it.each([
  ['package.json', '{"name": "@org/web"}', '@org/web'],
  ['package.json', '{"name": ""}', 'the-folder'],
  ['package.json', '{"name": ', 'the-folder'],
  ['package.json', '[]', 'the-folder'],
  ['pyproject.toml', '[build-system]\nname = "no"\n[project]\nname = "api"\n', 'api'],
  ['pyproject.toml', "[tool.poetry]\r\nname = 'poem'\r\n", 'poem'],
  ['pyproject.toml', '[tool.x]\nname = "no"\n', 'the-folder'],
  ['go.mod', '// x\nmodule example.com/team/svc\n\ngo 1.22\n', 'svc'],
  ['go.mod', 'module example.com/team/svc/v2\n', 'svc'],
  ['Cargo.toml', '[package]\nname = "crate"\n', 'crate'],
  ['Package.swift', 'let package = Package(\n  name: "Kit",\n', 'Kit'],
  ['README.md', '', 'the-folder'],
])('%s with %j gives the name %s', (file, content, name) => {
  const root = path.join(tempDir(), 'the-folder');
  writeFiles(root, { [file]: content });
  expect(detectName(root, detectStack(root))).toBe(name);
});

it.each([
  ['Mein Projekt, größer', 'Mein-Projekt-gr-er'],
  ['!&x', 'x'],
  ['日本', 'project'],
])('a folder %j gives a name that can be a tag: %s', (folder, name) => {
  const root = path.join(tempDir(), folder);
  mkdirSync(root);
  expect(detectName(root, 'generic')).toBe(name);
  expect(isTagValue(name)).toBe(true);
});

it.each([
  ['my api', true],
  ['a'.repeat(128), true],
  ['a'.repeat(129), false],
  ['', false],
  [' a', false],
  ['a,b', false],
  ['!a', false],
  ['&a', false],
  ['a!', true],
  ['ä', false],
  ['a\nb', false],
])('%j can be a tag: %s', (value, can) => expect(isTagValue(value)).toBe(can));
