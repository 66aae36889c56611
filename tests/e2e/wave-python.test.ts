import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gitIn, writeFiles } from '../support/temp.ts';
import { needsClient } from './support/client.ts';
import { pythonTools } from './support/python-tools.ts';
import { makeSandbox, type Sandbox } from './support/session.ts';
import { documentOf, ticketFile } from './support/shop.ts';
import { type Part, WaveLeader } from './support/wave-leader.ts';
import { playWaves } from './support/waves-played.ts';

const ids = ['FEAT-001', 'FEAT-002'];
const modules = ['rebate', 'postage'];

const ticket = (name: string) => ({
  type: 'FEAT',
  title: `Compute the ${name}`,
  priority: 'high',
  context: `The shop cannot say the ${name}, and customers ask for it.`,
  description: `${name}() takes a sum in cents and answers the ${name} in cents.`,
  affected_files: [
    { path: `shop/${name}.py`, action: 'create', description: `${name}()` },
    { path: `tests/test_${name}.py`, action: 'create', description: 'its tests' },
  ],
  criteria: [0, 10, 20].map((sum) => `The ${name} of ${sum} is ${sum / 10}`),
  tests: {
    unit: [0, 10, 20].map((sum) => `test: "test_${name}_of_${sum}" → verifies ${sum / 10}`),
    integration: ['test: "test_total" → verifies that the sum stays as it was'],
    verification: ['pytest'],
  },
  test_mode: 'new',
});

const part = (name: string): Part => ({
  plan: `1. tests/test_${name}.py, failing first.\n2. shop/${name}.py.\n`,
  tries: [
    {
      [`tests/test_${name}.py`]: [
        `from shop.${name} import ${name}\n`,
        ...[0, 10, 20].map(
          (sum) => `\ndef test_${name}_of_${sum}():\n    assert ${name}(${sum}) == ${sum / 10}\n`,
        ),
      ].join('\n'),
      // The first try has an import that nobody uses: ruff sends it back.
      [`shop/${name}.py`]: `import os\n\n\ndef ${name}(cents):\n    return cents // 10\n`,
    },
    { [`shop/${name}.py`]: `def ${name}(cents):\n    return cents // 10\n` },
  ],
});

describe('a wave on a Python project, with pytest and ruff', () => {
  const tools = pythonTools();
  let sandbox: Sandbox;

  beforeEach((test) => {
    needsClient(test);
    test.skip(tools === undefined, 'no Python 3.10 or newer');
  });
  beforeAll(async () => {
    sandbox = await makeSandbox();
  });
  afterAll(() => sandbox?.remove());

  it('goes as in any other language, ruff and pytest judging', async () => {
    const { project } = sandbox;
    const config = {
      version: '1.1',
      project: { name: 'shop', stack: 'python' },
      qualityGates: {
        testCommand: `${tools}/python -m pytest -q -p no:cacheprovider`,
        lintCommand: `${tools}/ruff check --no-cache --output-format concise .`,
      },
      reviewPipeline: { trivial: 'agent' },
    };
    writeFiles(project, {
      '.gitignore': '__pycache__/\n',
      'shop/__init__.py': '',
      'shop/total.py': 'def total(prices):\n    return sum(prices)\n',
      'tests/test_total.py':
        'from shop.total import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n',
      'backlog.config.json': `${JSON.stringify(config, undefined, 2)}\n`,
    });
    await documentOf(sandbox, ['init', '--yes', '--force']);
    writeFiles(project, { 'backlog.config.json': `${JSON.stringify(config, undefined, 2)}\n` });
    for (const name of modules)
      await documentOf(sandbox, ['ticket', 'new', '--from', '-'], JSON.stringify(ticket(name)));
    gitIn(project, 'add', '-A');
    gitIn(project, 'commit', '-q', '-m', 'feat: a shop');
    const parts = Object.fromEntries(modules.map((name, index) => [ids[index], part(name)]));
    const played = await playWaves(sandbox, new WaveLeader(parts));
    expect(played.problems).toEqual([]);
    for (const id of ids)
      expect(readFileSync(ticketFile(sandbox, 'completed', id) ?? '', 'utf8')).toMatch(
        /^status: completed$/m,
      );
    expect(gitIn(project, 'show', 'HEAD:shop/rebate.py')).not.toContain('import os');
  }, 600_000);
});
