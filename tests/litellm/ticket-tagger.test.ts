import { spawnSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { appendHistoryEvent } from '../../src/attribution/history.ts';
import { findMarker } from '../../src/attribution/marker.ts';
import { places } from '../../src/attribution/places.ts';
import { agentRecord, bindAgent } from '../../src/attribution/registry.ts';
import { resolve } from '../../src/attribution/resolve.ts';
import { registerSession } from '../../src/attribution/session.ts';
import { tagsOf } from '../../src/attribution/tags.ts';
import { repositoryRoot } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { findPython, needsPython } from './support/environment.ts';
import { litellmFolder } from './support/proxy.ts';

beforeEach(needsPython);

function python(args: readonly string[], input = '') {
  return spawnSync(findPython() ?? 'python3', args, {
    cwd: path.join(repositoryRoot, 'tests/litellm'),
    input,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: path.join(litellmFolder, 'callbacks'),
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
}

it('passes its own tests, without LiteLLM', () => {
  const run = python(['-m', 'unittest', '-v', 'test_ticket_tagger']);
  expect(run.status, run.stderr).toBe(0);
  expect(run.stderr).toMatch(/Ran \d\d tests/);
});

const SESSIONS = ['s-1', 's-2'];
const AGENTS = ['a-1', 'a-2', 'a-3'];
const context = fc.record({
  ticket_id: fc.constantFrom('FEAT-001', 'FEAT-002', 'BUG-003'),
  gate: fc.constantFrom('plan', 'implement', ''),
  project: fc.constant('shop'),
  agent_type: fc.constantFrom('backend', 'reviewer', 'bäcker', ''),
  skill: fc.constantFrom('', 'backlog-implementer'),
  updated_at: fc.constant('2026-01-01T00:00:00.000Z'),
});
const event = fc.record({
  session: fc.constantFrom(...SESSIONS),
  agent_id: fc.constantFrom(null, null, ...AGENTS),
  // Ago; none so near that it passes while the test runs.
  minutes: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: -60, max: -30 })),
  context: fc.option(context, { freq: 4 }),
});
const binding = fc.record({
  session: fc.constantFrom(...SESSIONS),
  agent: fc.constantFrom(...AGENTS),
  context: fc.option(context, { nil: undefined, freq: 4 }),
});
const nesting = fc.record({
  session: fc.constantFrom(...SESSIONS),
  agent: fc.constantFrom(...AGENTS, 'a-9'),
  parent: fc.constantFrom(...AGENTS, 'a-9', '../a-1'),
});
const request = fc.record({
  session: fc.constantFrom(...SESSIONS, 's-3', '../s-1'),
  agent: fc.constantFrom('', ...AGENTS, 'a-9'),
  parent: fc.constantFrom('', ...AGENTS),
  text: fc.constantFrom(
    'hello',
    '[backlog ticket=FEAT-009 gate=review agent=reviewer]\nlook',
    '[backlog ticket=FEAT-009]\nlook',
    'look\n[backlog ticket=FEAT-009]',
    '[backlog gate=lint other=1] ',
    '[backlog ticket=!x]',
    `[backlog ticket=${'x'.repeat(200)}]`,
  ),
});

it('finds the same tags as our gateway does', () => {
  const script = `
import json, sys
from ticket_tagger import TicketTagger, tags_of
print(json.dumps([
    [tags_of(tagger.resolve(request)) for request in case["requests"]]
    for case in json.load(sys.stdin)
    for tagger in [TicketTagger(home=case["home"])]
]))`;
  const now = Date.now();
  const cases = fc
    .sample(
      fc.record({
        events: fc.array(event, { maxLength: 12 }),
        bindings: fc.array(binding, { maxLength: 3 }),
        nestings: fc.array(nesting, { maxLength: 4 }),
        requests: fc.array(request, { minLength: 6, maxLength: 12 }),
      }),
      { numRuns: 60 },
    )
    .map(({ events, bindings, nestings, requests }) => {
      const home = tempDir();
      for (const sessionId of SESSIONS)
        registerSession(home, {
          sessionId,
          transcript: '',
          cwd: '/',
          project: 'shop',
          clock: () => new Date(),
        });
      for (const { session, agent, context } of bindings)
        bindAgent(home, session, agent, { context, by: 'tool-use', at: '2026-01-01T00:00:00.000Z' });
      for (const { session, agent, parent } of nestings) {
        const record = { ...agentRecord(home, session, agent), parent_agent_id: parent };
        writeFiles(places.session(home, session), { [`agents/${agent}.json`]: JSON.stringify(record) });
      }
      for (const { session, agent_id, minutes, context } of events)
        appendHistoryEvent(home, session, {
          at: new Date(now - minutes * 60_000).toISOString(),
          agent_id,
          context,
        });
      const ours = requests.map(({ session, agent, parent, text }) =>
        tagsOf(
          resolve({
            home,
            opsDir: undefined,
            env: {},
            project: SESSIONS.includes(session) ? 'shop' : '',
            sessionId: session,
            agentId: agent || undefined,
            parentAgentId: parent || undefined,
            marker: findMarker(text),
            clock: () => new Date(now),
          }).context,
        ),
      );
      return { home, requests, ours };
    });
  const input = cases.map(({ home, requests }) => ({
    home,
    requests: requests.map(({ session, agent, parent, text }) => ({
      messages: [{ role: 'user', content: [{ type: 'text', text }] }],
      proxy_server_request: {
        headers: {
          'X-Claude-Code-Session-Id': session,
          ...(agent === '' ? {} : { 'x-claude-code-agent-id': agent }),
          ...(parent === '' ? {} : { 'x-claude-code-parent-agent-id': parent }),
        },
      },
    })),
  }));
  const run = python(['-c', script], JSON.stringify(input));
  expect(run.status, run.stderr).toBe(0);
  const theirs: string[][][] = JSON.parse(run.stdout);
  for (const [at, { requests, ours }] of cases.entries())
    for (const [which, asked] of requests.entries())
      expect(theirs[at]?.[which], JSON.stringify(asked)).toEqual(ours[which]);
  expect(cases.flatMap(({ ours }) => ours.flat()).length).toBeGreaterThan(100);
});
