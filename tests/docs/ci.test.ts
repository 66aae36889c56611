import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { repositoryRoot } from '../support/cli.ts';
import { page } from './sample.ts';

const step = z.strictObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
/** Of GitHub's workflow syntax the part that ours uses. */
const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({ pull_request: z.null() }),
  permissions: z.strictObject({ contents: z.literal('read') }),
  jobs: z.record(
    z.string().regex(/^[a-z][\w-]*$/i),
    z.strictObject({ 'runs-on': z.string(), 'timeout-minutes': z.number(), steps: z.array(step) }),
  ),
});

const text = readFileSync(path.join(repositoryRoot, 'config/github/backlog-verify.yml'), 'utf8');
const { jobs } = workflow.parse(parse(text));
const steps = jobs.verify?.steps ?? [];

it('the workflow has the whole history, and runs verify against the base of the pull request', () => {
  expect(steps[0]).toMatchObject({ uses: 'actions/checkout@v4', with: { 'fetch-depth': 0 } });
  expect(steps.at(-1)).toEqual({
    run: 'npx --yes backlog-toolkit@0 verify --base "origin/$BASE_REF"',
    env: { BASE_REF: expect.stringMatching(/^\$\{\{ github\.base_ref \}\}$/) },
  });
});

it('the workflow pins what it uses by its major, and puts no name from outside into a command', () => {
  for (const { uses, run } of steps) {
    if (uses !== undefined) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
    expect(run ?? '').not.toContain('${{');
    expect(run ?? '').not.toMatch(/backlog-toolkit(?!@\d+ )/);
  }
  const { version } = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'));
  expect(text).toContain(`backlog-toolkit@${String(version).split('.')[0]} `);
});

it('docs/ci.md shows the steps that the workflow has', () => {
  const shown = z.array(step).parse(parse(/```yaml\n([\s\S]*?)```/.exec(page('docs/ci.md'))?.[1] ?? ''));
  for (const one of shown)
    expect(steps).toContainEqual(
      expect.objectContaining({ ...one, ...(one.with ? { with: expect.objectContaining(one.with) } : {}) }),
    );
});
