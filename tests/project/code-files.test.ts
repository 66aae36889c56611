import { expect, it } from 'vitest';
import { isCodeFile } from '../../src/project/code-files.ts';

it.each([
  'src/a.ts',
  'bin/run',
  'Makefile',
  'Dockerfile',
  'a/b.tf',
  'page.html',
  '.eslintrc.js',
  'x.unknown',
])('%s is code', (file) => expect(isCodeFile(file)).toBe(true));

it.each(['README.md', 'docs/a.MDX', 'LICENSE', 'a/package-lock.json', 'logo.svg', '.gitignore', 'style.css'])(
  '%s is none',
  (file) => expect(isCodeFile(file)).toBe(false),
);
