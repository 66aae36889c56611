import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedDocs } from '../../scripts/docs.mjs';
import { repositoryRoot } from '../support/cli.ts';

const read = (file: string): string => readFileSync(path.join(repositoryRoot, file), 'utf8');
const sources = readdirSync(path.join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(path.join('src', name)));

describe('pages that follow from the program', () => {
  it('are what `npm run docs` writes', async () => {
    for (const [file, text] of Object.entries(await generatedDocs())) expect(read(file), file).toBe(text);
  });

  it('list every error code', () => {
    const codes = new Set(
      sources.flatMap((text) => [...text.matchAll(/\bcode: '([a-z0-9-]+)'/g)].map((match) => match[1])),
    );
    expect(codes.size).toBeGreaterThan(50);
    for (const code of codes) expect(read('docs/errors.md')).toContain(`| \`${code}\` |`);
  });

  it('link to pages that are there', () => {
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      ...readdirSync(path.join(repositoryRoot, 'docs'))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ];
    for (const page of pages)
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        expect(
          () => readFileSync(path.resolve(repositoryRoot, path.dirname(page), target)),
          `${page} → ${target}`,
        ).not.toThrow();
  });
});
