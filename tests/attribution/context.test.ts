import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findMarker } from '../../src/attribution/marker.ts';
import { joinByCall, registerAgent, rememberCall } from '../../src/attribution/registry.ts';
import { resolve } from '../../src/attribution/resolve.ts';
import { consumeGrant, consumeStamp, grant, issueStamp } from '../../src/attribution/stamps.ts';
import { tagsOf } from '../../src/attribution/tags.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, tempRepo, writeFiles } from '../support/temp.ts';

const config = '{"version":"1.0","project":{"name":"shop"}}\n';
const session = '11111111-2222-4333-8444-555555555555';

function place() {
  const cwd = tempRepo({ 'backlog.config.json': config, 'backlog/data/pending/FEAT-001-a.md': '' });
  const home = path.join(tempDir(), 'home');
  return { cwd, home, env: { BACKLOG_HOME: home } };
}

describe('context set', () => {
  it('writes the home’s and the project’s file, for the owner alone at home', async () => {
    const { cwd, home, env } = place();
    const done = await backlog(['context', 'set', 'FEAT-001', 'plan', 'backend', '--json'], { cwd, env });
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    const wanted = {
      ticket_id: 'FEAT-001',
      gate: 'plan',
      project: 'shop',
      agent_type: 'backend',
      skill: 'unknown',
    };
    expect(jsonOf(done)).toMatchObject({ schemaVersion: 1, ...wanted });
    for (const file of [
      path.join(home, 'current-context.json'),
      path.join(cwd, '.backlog-ops/current-context.json'),
    ])
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(wanted);
    expect(statSync(path.join(home, 'current-context.json')).mode & 0o777).toBe(0o600);
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  it('of an agent inherits the skill of its session, unless it names its own', async () => {
    const { cwd, env } = place();
    const set = async (...words: string[]) =>
      jsonOf(
        await backlog(['context', 'set', 'FEAT-001', ...words, '--session', session, '--json'], { cwd, env }),
      );
    expect(await set('plan', 'leader', '--agent', 'a1')).toMatchObject({ skill: 'unknown' });
    await set('plan', 'leader', 'backlog-implementer');
    expect(await set('lint', 'backend', '--agent', 'a1')).toMatchObject({ skill: 'backlog-implementer' });
    expect(await set('lint', 'backend', 'mine', '--agent', 'a1')).toMatchObject({ skill: 'mine' });
    // The main thread has nobody to inherit from.
    expect(await set('lint', 'leader')).toMatchObject({ skill: 'unknown' });
  });

  it('has a short name, takes the skill from CURRENT_SKILL, and an empty ticket', async () => {
    const { cwd, env } = place();
    const done = await backlog(['set-context', '', 'generate', 'ticket', '--json'], {
      cwd,
      env: { ...env, CURRENT_SKILL: 'backlog-ticket' },
    });
    expect(jsonOf(done)).toMatchObject({ ticket_id: '', skill: 'backlog-ticket' });
  });

  it('warns of a ticket that is not in the backlog; --strict refuses it', async () => {
    const { cwd, env } = place();
    const loose = await backlog(['context', 'set', 'FEAT-999', 'plan', 'x'], { cwd, env });
    expect([loose.exitCode, loose.stderr]).toEqual([
      0,
      expect.stringContaining('there is no ticket FEAT-999'),
    ]);
    const strict = await backlog(['context', 'set', 'FEAT-999', 'plan', 'x', '--strict'], { cwd, env });
    expect(strict.exitCode).toBe(3);
  });

  it.each([
    ['a comma', ['FEAT,1', 'plan', 'x']],
    ['a leading !', ['!FEAT-1', 'plan', 'x']],
    ['a leading &', ['FEAT-1', 'plan', '&x']],
    ['a control character', ['FEAT-1', 'plan', 'x\u0007']],
    ['129 characters', ['F'.repeat(129), 'plan', 'x']],
    ['a letter beyond ASCII', ['FEAT-1', 'plan', 'é']],
    ['a gate in capitals', ['FEAT-1', 'Plan', 'x']],
  ])('refuses %s and writes nothing', async (_name, args) => {
    const { cwd, home, env } = place();
    const done = await backlog(['context', 'set', ...args], { cwd, env });
    expect(done.exitCode).toBe(2);
    expect(existsSync(path.join(home, 'current-context.json'))).toBe(false);
  });

  it('works outside a project: the home’s file, the folder’s name', async () => {
    const { home, env } = place();
    const cwd = tempDir();
    const done = await backlog(['context', 'set', 'FEAT-001', 'plan', 'x', '--json'], { cwd, env });
    expect(jsonOf(done)).toMatchObject({ project: path.basename(cwd) });
    expect(existsSync(path.join(home, 'current-context.json'))).toBe(true);
    expect(existsSync(path.join(cwd, '.backlog-ops'))).toBe(false);
  });

  it('takes a broken configuration as a warning', async () => {
    const { cwd, env } = place();
    writeFiles(cwd, { 'backlog.config.json': '{"version": ' });
    const done = await backlog(['context', 'set', 'FEAT-001', 'plan', 'x'], { cwd, env });
    expect([done.exitCode, done.stderr]).toEqual([
      0,
      expect.stringContaining('warning: backlog.config.json'),
    ]);
  });

  it('of one agent leaves another’s, the session’s and the files alone', async () => {
    const { cwd, env } = place();
    const set = (gate: string, ...ids: string[]) =>
      backlog(['context', 'set', 'FEAT-001', gate, 'x', ...ids], { cwd, env });
    const shown = async (...ids: string[]) =>
      jsonOf(await backlog(['context', 'show', '--json', ...ids], { cwd, env }));
    await set('plan', '--session', session);
    await set('implement', '--session', session, '--agent', 'a1');
    await set('review', '--session', session, '--agent', 'a2');
    expect(await shown('--session', session)).toMatchObject({ gate: 'plan', attributed_by: 'session' });
    expect(await shown('--session', session, '--agent', 'a1')).toMatchObject({
      gate: 'implement',
      attributed_by: 'agent',
    });
    expect(await shown('--session', session, '--agent', 'a2')).toMatchObject({
      gate: 'review',
      attributed_by: 'agent',
    });
    expect(await shown('--session', session, '--agent', 'a3')).toMatchObject({
      gate: 'plan',
      attributed_by: 'session',
    });
    expect(await shown()).toMatchObject({ gate: 'plan', attributed_by: 'file' });
  });

  it('refuses a session id that is a path', async () => {
    const { cwd, env } = place();
    const done = await backlog(['context', 'set', 'FEAT-001', 'plan', 'x', '--session', '../../etc'], {
      cwd,
      env,
    });
    expect(done.exitCode).toBe(2);
  });
});

describe('context clear and show', () => {
  it('show nothing without a context, exit 0', async () => {
    const { cwd, env } = place();
    await backlog(['context', 'set', 'FEAT-001', 'plan', 'x'], { cwd, env });
    await backlog(['context', 'clear'], { cwd, env });
    const done = await backlog(['context', 'show', '--json'], { cwd, env });
    expect([done.exitCode, jsonOf(done)]).toEqual([0, { schemaVersion: 1, attributed_by: 'none' }]);
  });
});

describe('attribution by time', () => {
  const clockAt = (at: string) => () => new Date(at);
  const ask = (home: string, at: string, agentId?: string) =>
    resolve({
      home,
      opsDir: undefined,
      env: {},
      project: 'shop',
      sessionId: session,
      agentId,
      at,
      clock: () => new Date(),
    });

  it('gives a row the gate of its own time', async () => {
    const { cwd, home, env } = place();
    await backlog(['context', 'set', 'FEAT-001', 'plan', 'x', '--session', session], { cwd, env });
    const between = new Date().toISOString();
    await backlog(['context', 'set', 'FEAT-001', 'lint', 'x', '--session', session], { cwd, env });
    expect(ask(home, between).context?.gate).toBe('plan');
    expect(ask(home, new Date().toISOString()).context?.gate).toBe('lint');
    expect(ask(home, '2000-01-01T00:00:00.000Z')).toEqual({ context: undefined, attributed_by: 'none' });
  });

  it('never swaps two agents that start side by side, in whatever order they show themselves', () => {
    const home = path.join(tempDir(), 'home');
    const call = (tool_use_id: string, ticket_id: string) =>
      rememberCall(home, session, {
        tool_use_id,
        marker: { ticket_id, gate: 'implement', agent_type: 'x' },
        parent_agent_id: null,
      });
    call('toolu_1', 'FEAT-001');
    call('toolu_2', 'FEAT-002');
    const clock = clockAt('2026-11-21T10:00:00.000Z');
    for (const agentId of ['a2', 'a1'])
      registerAgent(home, { sessionId: session, agentId, agentType: 'x', clock });
    const join = (agentId: string, toolUseId: string) =>
      joinByCall(home, {
        sessionId: session,
        agentId,
        toolUseId,
        project: 'shop',
        clock: clockAt('2026-11-21T10:00:05.000Z'),
      });
    expect(join('a2', 'toolu_2')).toBe(true);
    expect(join('a1', 'toolu_1')).toBe(true);
    // A resumed agent keeps its first ticket.
    join('a1', 'toolu_2');
    expect(ask(home, '2026-11-21T10:00:01.000Z', 'a1').context?.ticket_id).toBe('FEAT-001');
    expect(ask(home, '2026-11-21T10:00:09.000Z', 'a2').context?.ticket_id).toBe('FEAT-002');
    expect(join('a3', 'toolu_unknown')).toBe(false);
  });

  it('gives an agent without a marker its parent’s ticket, however deep, and not another agent’s', () => {
    const home = path.join(tempDir(), 'home');
    const clock = clockAt('2026-11-21T10:00:00.000Z');
    const ids = { sessionId: session, agentType: 'x', clock };
    const start = (agentId: string, parent: string | null, ticket_id?: string) => {
      rememberCall(home, session, {
        tool_use_id: `toolu_${agentId}`,
        marker: ticket_id === undefined ? null : { ticket_id, gate: 'implement', agent_type: 'x' },
        parent_agent_id: parent,
      });
      registerAgent(home, { ...ids, agentId });
      joinByCall(home, { ...ids, agentId, toolUseId: `toolu_${agentId}`, project: 'shop' });
    };
    start('a1', null, 'FEAT-001');
    start('a2', null, 'FEAT-002');
    start('a11', 'a1');
    start('a21', 'a2');
    start('a211', 'a21');
    start('a3', null);
    const at = '2026-11-21T10:00:09.000Z';
    expect([ask(home, at, 'a11'), ask(home, at, 'a211')]).toMatchObject([
      { context: { ticket_id: 'FEAT-001' }, attributed_by: 'parent' },
      { context: { ticket_id: 'FEAT-002' }, attributed_by: 'parent' },
    ]);
    expect(ask(home, at, 'a3').attributed_by).toBe('none');
    // What begins again keeps what is known of it.
    registerAgent(home, { ...ids, agentId: 'a211' });
    expect(ask(home, at, 'a211').context?.ticket_id).toBe('FEAT-002');
  });

  it('agents that call each other their parents end the search', () => {
    const home = path.join(tempDir(), 'home');
    for (const [agent, parent_agent_id] of [
      ['a1', 'a2'],
      ['a2', 'a1'],
    ] as const)
      writeFiles(home, {
        [`contexts/${session}/agents/${agent}.json`]: JSON.stringify({ agent_id: agent, parent_agent_id }),
      });
    expect(ask(home, '2026-11-21T10:00:00.000Z', 'a1').attributed_by).toBe('none');
  });

  it('an agent that has cleared its context is for no ticket, until it sets one again', async () => {
    const { cwd, home, env } = place();
    const ids = ['--session', session, '--agent', 'a1'];
    await backlog(['context', 'set', 'FEAT-001', 'implement', 'x', ...ids], { cwd, env });
    await backlog(['context', 'clear', ...ids], { cwd, env });
    expect(ask(home, new Date().toISOString(), 'a1')).toEqual({ context: undefined, attributed_by: 'none' });
    expect(ask(home, '2000-01-01T00:00:00.000Z', 'a1').context?.ticket_id).toBe('FEAT-001');
  });

  it('believes the files for twelve hours and for the same project', () => {
    const home = path.join(tempDir(), 'home');
    const updated_at = '2026-11-21T00:00:00.000Z';
    writeFiles(home, {
      'current-context.json': JSON.stringify({
        ticket_id: 'FEAT-001',
        gate: 'plan',
        project: 'shop',
        updated_at,
      }),
    });
    const by = (project: string, now: string) =>
      resolve({ home, opsDir: undefined, env: {}, project, clock: clockAt(now) }).attributed_by;
    expect(by('shop', '2026-11-21T11:59:59.000Z')).toBe('file');
    expect(by('shop', '2026-11-21T12:00:01.000Z')).toBe('none');
    expect(by('other', '2026-11-21T01:00:00.000Z')).toBe('none');
  });
});

describe('the marker', () => {
  it.each([
    [
      '[backlog ticket=FEAT-001 gate=implement agent=backend]\nDo it',
      { ticket_id: 'FEAT-001', gate: 'implement', agent_type: 'backend' },
    ],
    ['[backlog ticket=FEAT-001 gate=plan]', { ticket_id: 'FEAT-001', gate: 'plan', agent_type: '' }],
    ['Look:\n[backlog ticket=FEAT-001 gate=plan agent=x]', undefined],
    [' [backlog ticket=FEAT-001 gate=plan agent=x]', undefined],
    ['[backlog ticket=FEAT-001,FEAT-002 gate=plan]', undefined],
    ['[backlog]', undefined],
  ])('%j', (prompt, marker) => expect(findMarker(prompt)).toEqual(marker));
});

describe('tags and stamps', () => {
  it('empty values give no tag', () => {
    const context = {
      ticket_id: 'FEAT-001',
      gate: 'plan',
      project: 'shop',
      agent_type: '',
      skill: 's',
      updated_at: '',
    };
    expect(tagsOf(context)).toEqual(['ticket:FEAT-001', 'gate:plan', 'project:shop', 'skill:s']);
  });

  it('a stamp counts once, for its own purpose and session', () => {
    const home = path.join(tempDir(), 'home');
    const token = issueStamp(home, session, { purpose: 'waive', command_sha256: '' });
    expect(consumeStamp(home, session, token, 'include')).toBe(false);
    expect(consumeStamp(home, 'other', token, 'waive')).toBe(false);
    expect(consumeStamp(home, session, token, 'waive')).toBe(true);
    expect(consumeStamp(home, session, token, 'waive')).toBe(false);
  });

  it('a grant counts once, for its own purpose, subject, turn and session', () => {
    const home = path.join(tempDir(), 'home');
    const given = { purpose: 'waive', subject: 'lint FEAT-001', prompt_id: 'p1' };
    grant(home, session, given);
    expect(consumeGrant(home, session, { ...given, purpose: 'include' })).toBe(false);
    expect(consumeGrant(home, session, { ...given, subject: 'lint FEAT-002' })).toBe(false);
    expect(consumeGrant(home, session, { ...given, prompt_id: 'p2' })).toBe(false);
    expect(consumeGrant(home, 'other', given)).toBe(false);
    expect(consumeGrant(home, session, given)).toBe(true);
    expect(consumeGrant(home, session, given)).toBe(false);
  });
});
