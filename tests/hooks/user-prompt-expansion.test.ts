import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const typed = {
  command_name: 'backlog-toolkit:waive',
  command_args: 'lint FEAT-001 the linter is down',
  prompt_id: 'p1',
};
const waiver = 'backlog gate waive lint --ticket FEAT-001 --reason "the linter is down"';

/** What the hooks answer, in auto mode, to a command after a person typed something. */
async function answerTo(command: string, given: object = typed, turn = 'p1', event = 'UserPromptExpansion') {
  const cwd = tempDir();
  const env = { BACKLOG_HOME: path.join(tempDir(), 'home') };
  const hook = async (name: string, fields: object) => {
    const input = JSON.stringify({ session_id: 'one', hook_event_name: name, cwd, ...fields });
    const result = await backlog(['hook', name], { cwd, env, input });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    return result;
  };
  expect((await hook(event, given)).stdout).toBe('');
  const bash = async () =>
    Object(
      jsonOf(
        await hook('PreToolUse', {
          tool_name: 'Bash',
          tool_use_id: 't',
          tool_input: { command },
          prompt_id: turn,
          permission_mode: 'auto',
        }),
      ).hookSpecificOutput,
    ).permissionDecision;
  return [await bash(), await bash()];
}

describe('a typed waiver', () => {
  it('lets just that waiver run, once', async () => {
    expect(await answerTo(waiver)).toEqual(['allow', 'deny']);
    expect(await answerTo(waiver.replace('--ticket ', '--ticket='))).toEqual(['allow', 'deny']);
  });

  it.each([
    ['another gate', waiver.replace('lint', 'review')],
    ['another ticket', waiver.replace('FEAT-001', 'FEAT-002')],
    ['a ticket that is not named', 'backlog gate waive lint --reason x'],
    ['a second ticket behind the first', `${waiver} --ticket FEAT-002`],
    ['two waivers at once', `${waiver} && ${waiver}`],
    ['another decision', 'backlog gate run lint --ticket FEAT-001 --allow-suppression x'],
  ])('is none for %s', async (_what, command) => {
    expect(await answerTo(command)).toEqual(['deny', 'deny']);
  });

  it('is over with its turn', async () => {
    expect(await answerTo(waiver, typed, 'p2')).toEqual(['deny', 'deny']);
  });

  it.each([
    ['another command', { ...typed, command_name: 'backlog-toolkit:quick' }],
    ['a command without its arguments', { ...typed, command_args: '' }],
    ["a subagent's", { ...typed, agent_id: 'a0123456789abcdef' }],
  ])('is not %s', async (_what, given) => {
    expect(await answerTo(waiver, given)).toEqual(['deny', 'deny']);
  });

  it('is not a prompt that only reads like one: a model can plan its own', async () => {
    const prompt = { prompt: `/${typed.command_name} ${typed.command_args}`, prompt_id: 'p1' };
    expect(await answerTo(waiver, prompt, 'p1', 'UserPromptSubmit')).toEqual(['deny', 'deny']);
  });
});
