import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentOnWire, agentRecord } from '../../src/attribution/registry.ts';
import { backlogBin } from '../support/cli.ts';
import { gitEnv, tempDir, tempRepo, writeFiles } from '../support/temp.ts';

const session = '11111111-2222-4333-8444-555555555555';
const prompt = '[backlog ticket=FEAT-001 gate=review agent=reviewer]\nlook';
const wanted = { ticket_id: 'FEAT-001', gate: 'review', agent_type: 'reviewer', project: 'shop' };

function place() {
  const cwd = tempRepo({ 'backlog.config.json': '{"version":"1.0","project":{"name":"shop"}}' });
  const home = path.join(tempDir(), 'home');
  /** One hook as the client runs it. */
  const hook = (event: string, fields: object): void => {
    const input = { session_id: session, hook_event_name: event, cwd, tool_use_id: 'toolu_1', ...fields };
    const { status, stderr } = spawnSync(backlogBin, ['hook', event], {
      env: { ...gitEnv(), BACKLOG_HOME: home },
      input: JSON.stringify(input),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  };
  return { cwd, home, hook };
}

// The answers as the client was seen to give them.
describe('the answer of an Agent call', () => {
  const wireId = 'alice@session-11111111';
  const agentId = 'aalice-0123456789abcdef';
  const mate = {
    tool_name: 'Agent',
    tool_input: { subagent_type: 'general-purpose', prompt, name: 'alice' },
  };

  it('joins an agent to the call’s marker', () => {
    const { home, hook } = place();
    hook('PreToolUse', { tool_name: 'Agent', tool_input: { prompt } });
    hook('PostToolUse', { tool_name: 'Agent', tool_input: { prompt }, tool_response: { agentId: 'a1' } });
    expect(agentRecord(home, session, 'a1')).toMatchObject({ joined_by: 'tool-use', context: wanted });
  });

  it('joins a teammate under both of its ids', () => {
    const { home, hook } = place();
    hook('PreToolUse', mate);
    hook('SubagentStart', { agent_id: agentId, agent_type: 'alice' });
    hook('PostToolUse', {
      ...mate,
      tool_response: { status: 'teammate_spawned', teammate_id: wireId, agentId, name: 'alice' },
    });
    expect(agentOnWire(home, session, wireId)).toBe(agentId);
    expect(agentRecord(home, session, agentId)).toMatchObject({ agent_type: 'alice', context: wanted });
    expect(agentRecord(home, session, wireId)).toBeUndefined();
  });

  it('joins a teammate of an older client, which names the id on the wire alone', () => {
    const { cwd, home, hook } = place();
    hook('PreToolUse', mate);
    hook('PostToolUse', { ...mate, tool_response: { status: 'teammate_spawned', teammate_id: wireId } });
    expect(agentOnWire(home, session, wireId)).toBe(wireId);
    expect(agentRecord(home, session, wireId)).toMatchObject({ context: wanted });
    // The sidecar has both; the teammate's first tool reads it.
    const sidecar = { agentType: 'alice', name: 'alice', teamName: 'session-11111111' };
    writeFiles(cwd, { [`transcript/subagents/agent-${agentId}.meta.json`]: JSON.stringify(sidecar) });
    hook('PreToolUse', {
      tool_name: 'Bash',
      tool_input: { command: 'ls' },
      agent_id: agentId,
      transcript_path: path.join(cwd, 'transcript.jsonl'),
    });
    expect(agentOnWire(home, session, wireId)).toBe(agentId);
    expect(agentRecord(home, session, agentId)).toMatchObject({ context: wanted });
  });

  it.each([
    ['leads out of the folder', { teammate_id: '../../alice@x', agentId }],
    ['is no text', { teammate_id: 7, agentId }],
  ])('leaves an id alone that %s', (_what, tool_response) => {
    const { home, hook } = place();
    hook('PreToolUse', mate);
    hook('PostToolUse', { ...mate, tool_response });
    expect(agentRecord(home, session, agentId)).toMatchObject({ context: wanted });
    expect(agentOnWire(home, session, '../../alice@x')).toBe('../../alice@x');
  });
});

describe('the answer of a Skill call that ran as an agent', () => {
  const forked = { success: true, commandName: 'forky', status: 'forked', agentId: 'afork', result: 'x' };

  it('names the parent of that agent', () => {
    const { home, hook } = place();
    hook('SubagentStart', { agent_id: 'afork', agent_type: 'general-purpose' });
    hook('PostToolUse', { agent_id: 'aparent', tool_name: 'Skill', tool_response: forked });
    expect(agentRecord(home, session, 'afork')).toMatchObject({
      agent_type: 'general-purpose',
      parent_agent_id: 'aparent',
    });
  });

  it('names none on the main thread, and none for a skill that ran inline', () => {
    const { home, hook } = place();
    hook('PostToolUse', { tool_name: 'Skill', tool_response: forked });
    hook('PostToolUse', { agent_id: 'aparent', tool_name: 'Skill', tool_response: { success: true } });
    expect(agentRecord(home, session, 'afork')).toBeUndefined();
  });
});

describe('a fork’s sidecar', () => {
  const transcript = (cwd: string) => path.join(cwd, 'transcript.jsonl');
  const sidecars = (fields: Readonly<Record<string, object>>) =>
    Object.fromEntries(
      Object.entries(fields).map(([id, sidecar]) => [
        `transcript/subagents/agent-${id}.meta.json`,
        JSON.stringify(sidecar),
      ]),
    );

  it('joins the fork to its parent, and the parent to its call', () => {
    const { cwd, home, hook } = place();
    hook('PreToolUse', { tool_name: 'Agent', tool_input: { prompt } });
    writeFiles(cwd, sidecars({ aparent: { toolUseId: 'toolu_1' }, afork: { parentAgentId: 'aparent' } }));
    hook('PreToolUse', {
      tool_name: 'Bash',
      tool_input: { command: 'ls' },
      agent_id: 'afork',
      transcript_path: transcript(cwd),
    });
    expect(agentRecord(home, session, 'afork')).toMatchObject({ parent_agent_id: 'aparent', context: null });
    expect(agentRecord(home, session, 'aparent')).toMatchObject({ context: wanted });
  });

  it('that turns in a circle ends', () => {
    const { cwd, home, hook } = place();
    writeFiles(cwd, sidecars({ aone: { parentAgentId: 'atwo' }, atwo: { parentAgentId: 'aone' } }));
    hook('PreToolUse', {
      tool_name: 'Bash',
      tool_input: { command: 'ls' },
      agent_id: 'aone',
      transcript_path: transcript(cwd),
    });
    expect(agentRecord(home, session, 'atwo')).toMatchObject({ parent_agent_id: 'aone', context: null });
  });
});
