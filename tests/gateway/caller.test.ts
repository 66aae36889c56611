import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkTeammate } from '../../src/attribution/registry.ts';
import { Attributor, callerIds, requestClass } from '../../src/gateway/attribute.ts';
import { requestFacts } from '../../src/gateway/request-facts.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { tempDir } from '../support/temp.ts';

const session = '11111111-2222-4333-8444-555555555555';
const marker = '[backlog ticket=FEAT-001 gate=review agent=reviewer]';
const wanted = { ticket_id: 'FEAT-001', gate: 'review', agent_type: 'reviewer' };

/** The facts of a request whose first message has these text blocks. */
function factsOf(texts: readonly string[]) {
  const content = texts.map((text) => ({ type: 'text', text }));
  return requestFacts(Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })));
}

function headersOf(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`x-claude-code-${name}`, value]));
}

describe('the marker of a teammate', () => {
  it('is the first line of what it is told, behind the client’s own line', () => {
    const frame = '<teammate-message teammate_id="team-lead" summary="x">';
    expect(factsOf(['<system-reminder>', `${frame}\n${marker}\nlook\n</teammate-message>`]).marker).toEqual(
      wanted,
    );
  });

  it.each([
    ['further down', `<teammate-message teammate_id="a">\nlook at\n${marker}\n</teammate-message>`],
    ['in the frame itself', `<teammate-message summary="${marker}">\nlook\n</teammate-message>`],
    ['behind another line than the client’s', `<message>\n${marker}\n</message>`],
    ['behind a frame without an end', '<teammate-message '],
  ])('is none %s', (_where, text) => expect(factsOf([text]).marker).toBeUndefined());
});

describe('a marker in a short body', () => {
  it.each(['', 'x', '[backlog', marker])('is looked for up to its end: %j', (content) => {
    const body = Buffer.from(JSON.stringify({ messages: [{ content }] }));
    expect(requestFacts(body).marker).toEqual(content === marker ? wanted : undefined);
    expect(requestFacts(body.subarray(0, body.length - 4)).model).toBe(null);
  });
});

describe('the kind of a request', () => {
  it.each([
    ['what its header says', { 'request-class': 'compaction', 'agent-id': 'a1' }, 'compaction'],
    ['an agent’s when it has an agent’s id', { 'agent-id': 'a1' }, 'subagent'],
    ['unknown when nobody says it', {}, undefined],
    ['unknown when its header is none', { 'request-class': 'a\tb' }, undefined],
  ])('is %s', (_what, headers, kind) => expect(requestClass(callerIds(headersOf(headers)))).toBe(kind));
});

describe('a teammate’s two ids', () => {
  it('are one in the ledger, from the moment that hooks have named them', () => {
    const home = path.join(tempDir(), 'home');
    const attributor = new Attributor(home, {}, systemClock);
    const headers = headersOf({ 'session-id': session, 'agent-id': 'alice@session-11111111' });
    expect(attributor.identify(headers).agentId).toBe('alice@session-11111111');
    linkTeammate(home, {
      sessionId: session,
      wireId: 'alice@session-11111111',
      agentId: 'aalice-0123456789abcdef',
    });
    expect(attributor.identify(headers).agentId).toBe('aalice-0123456789abcdef');
    // In another session the same name is another agent.
    const other = headersOf({ 'session-id': 'other', 'agent-id': 'alice@session-11111111' });
    expect(attributor.identify(other).agentId).toBe('alice@session-11111111');
  });
});
