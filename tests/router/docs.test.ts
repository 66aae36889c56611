import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { compileSchema } from '../../src/router/json-schema.ts';
import { repositoryRoot } from '../support/cli.ts';

const text = readFileSync(path.join(repositoryRoot, 'docs/llm-call.md'), 'utf8');

it('every keyword that the documentation calls checked is one', () => {
  const listed = /Checked in full: `([^`]+)`/.exec(text)?.[1]?.split(/\s+/) ?? [];
  expect(listed.length).toBeGreaterThan(20);
  for (const keyword of listed) {
    expect(() => compileSchema({ [keyword]: Symbol('any value') }, 's.json')).not.toThrow(/not supported/);
  }
});
