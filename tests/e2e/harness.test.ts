import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initOf, needsClient, resultsOf } from './support/client.ts';
import { agent, bash } from './support/scenario.ts';
import { makeSandbox, playSession, type Sandbox } from './support/session.ts';

let sandbox: Sandbox;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.remove());

/** A plugin whose only hook answers every Bash call with the given decision. */
async function pluginThat(decision: 'allow' | 'deny'): Promise<string> {
  const root = join(sandbox.root, 'plugin');
  await mkdir(join(root, '.claude-plugin'), { recursive: true });
  await mkdir(join(root, 'hooks'));
  await writeFile(
    join(root, '.claude-plugin/plugin.json'),
    JSON.stringify({ name: 'sample', version: '0.0.1', description: 'sample', author: { name: 'sample' } }),
  );
  const answer = JSON.stringify({
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: decision,
      permissionDecisionReason: 'the test says so',
    },
  });
  await writeFile(join(root, 'decide'), `#!/bin/sh\ncat >/dev/null\nprintf %s '${answer}'\n`);
  await chmod(join(root, 'decide'), 0o755);
  const hook = { type: 'command', command: `\${CLAUDE_PLUGIN_ROOT}/decide`, args: [] };
  await writeFile(
    join(root, 'hooks/hooks.json'),
    JSON.stringify({ hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [hook] }] } }),
  );
  return root;
}

describe('the harness', () => {
  it('runs what a hook allows, with nothing reported', async () => {
    const { run, problems } = await playSession(sandbox, {
      prompt: 'go',
      pluginDir: await pluginThat('allow'),
      story: {
        main: [
          { sees: 'go', does: [bash('touch marker')] },
          { seesNo: 'approval', says: 'done' },
        ],
      },
    });
    expect(problems).toEqual([]);
    expect(initOf(run).plugin_errors).toEqual([]);
    expect(existsSync(join(sandbox.project, 'marker'))).toBe(true);
    expect(resultsOf(run).map((each) => each.result)).toEqual(['done']);
  });

  it('sees that a denied command did not run', async () => {
    const { run, problems } = await playSession(sandbox, {
      prompt: 'go',
      pluginDir: await pluginThat('deny'),
      story: { main: [{ does: [bash('touch marker')] }, { sees: 'the test says so', says: 'understood' }] },
    });
    expect(problems).toEqual([]);
    expect(existsSync(join(sandbox.project, 'marker'))).toBe(false);
    expect(resultsOf(run)[0]?.permission_denials).toHaveLength(1);
  });

  it('tells two agents of one message apart, whichever asks first', async () => {
    const played = await playSession(sandbox, {
      prompt: 'go',
      args: ['--allowedTools', 'Agent'],
      story: {
        main: [
          {
            does: [
              agent('general-purpose', 'work on FEAT-001'),
              agent('general-purpose', 'work on FEAT-002'),
            ],
          },
          { sees: 'slow one', says: 'done' },
        ],
        agents: [
          { prompt: 'FEAT-001', turns: [{ after: 'fast one asked', says: 'slow one' }] },
          { prompt: 'FEAT-002', turns: [{ opens: 'fast one asked', says: 'fast one' }] },
        ],
      },
    });
    expect(played.problems).toEqual([]);
    const [slow] = played.agentIds('FEAT-001');
    expect(played.requests.filter((each) => each.agentId === slow).map((each) => each.prompt)).toEqual([
      'work on FEAT-001',
    ]);
  });

  it('names the turn at which a story goes wrong', async () => {
    const { problems } = await playSession(sandbox, {
      prompt: 'go',
      story: { main: [{ sees: 'something else', says: 'x' }, { says: 'never' }] },
    });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('turn 1 expected something else');
  });
});
