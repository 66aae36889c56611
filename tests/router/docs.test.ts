import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/project/config.ts';
import { compileSchema } from '../../src/router/json-schema.ts';
import { readScript } from '../../src/router/providers/scripted.ts';
import { repositoryRoot } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';

const text = readFileSync(path.join(repositoryRoot, 'docs/llm-call.md'), 'utf8');
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, body]) => body ?? '');

it.each(blocks('sh').flatMap((block) => block.trim().split('\n')))('the documented call runs: %s', (line) => {
  const cwd = tempDir();
  writeFiles(cwd, {
    'prompt.txt': 'Say hello',
    'answer.schema.json': '{"type":"object","properties":{"prime":{"type":"boolean"}}}',
    'script.json': '{"answers":[{"text":"{\\"prime\\": true}"}]}',
  });
  const result = spawnSync('sh', ['-c', line], {
    cwd,
    encoding: 'utf8',
    env: {
      ...gitEnv(),
      PATH: `${path.join(repositoryRoot, 'bin')}${path.delimiter}${process.env.PATH}`,
      BACKLOG_HOME: path.join(cwd, 'home'),
      BACKLOG_LLM_SCRIPT: path.join(cwd, 'script.json'),
    },
  });
  expect(result.stderr).toMatch(/ → scripted\//);
  expect(result.status).toBe(0);
});

it('the documented configuration and script are valid', () => {
  const [llmOps, script] = blocks('json');
  const project = {
    version: '1.1',
    project: { name: 'x', stack: 'generic' },
    qualityGates: { testCommand: 'true' },
  };
  expect(parseConfig(JSON.stringify({ ...project, ...JSON.parse(llmOps ?? '') })).warnings).toEqual([]);
  const folder = tempDir();
  writeFiles(folder, { 's.json': script ?? '' });
  expect(readScript(path.join(folder, 's.json')).answers).toHaveLength(3);
});

it('every keyword that the documentation calls checked is one', () => {
  const listed = /Checked in full: `([^`]+)`/.exec(text)?.[1]?.split(/\s+/) ?? [];
  expect(listed.length).toBeGreaterThan(20);
  for (const keyword of listed) {
    expect(() => compileSchema({ [keyword]: Symbol('any value') }, 's.json')).not.toThrow(/not supported/);
  }
});
