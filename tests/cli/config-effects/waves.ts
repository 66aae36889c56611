import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GateCall } from '../../../src/gates/call.ts';
import { readClaim } from '../../../src/gates/claims.ts';
import { commitWork } from '../../../src/gates/commit.ts';
import { runGate } from '../../../src/gates/run.ts';
import { endWave } from '../../../src/waves/end.ts';
import { mergeWave } from '../../../src/waves/merge.ts';
import { startWave } from '../../../src/waves/start.ts';
import { atTerminal, id } from '../../gates/support/journey.ts';
import { callOfSession, commitAll, discount } from '../../gates/support/project.ts';
import { backlog, jsonOf } from '../../support/cli.ts';
import { gitIn, writeFiles } from '../../support/temp.ts';
import type { Proof } from './proof.ts';

const env = { BACKLOG_HOME: '/nonexistent/backlog-home' };

/** What `wave plan` says of the shop's only ticket, which touches two files of JavaScript. */
const planned = (field: string) => async (root: string) => {
  const plan = jsonOf(await backlog(['wave', 'plan', '--json'], { cwd: root, env }));
  return String(Object([Object([plan.waves].flat()[0]).tickets].flat()[0])[field]);
};

/** What `route` says of the shop's only ticket; its error code where it refuses. */
const routed = (args: readonly string[], field: string) => async (root: string) => {
  const result = await backlog(['route', id, '--json', ...args], {
    cwd: root,
    env: { BACKLOG_HOME: path.join(root, '.backlog-ops', 'home') },
  });
  const answer = jsonOf(result);
  return answer.error === undefined ? answer[field] : Object(answer.error).code;
};

/** `route --gate` of a step whose entry tier is the key. */
const entryTierOf = (gate: string): Proof => ({
  values: ['cheap', 'frontier'],
  around: { version: '1.1' },
  see: routed(['--gate', gate], 'model'),
  shows: ['haiku', 'opus'],
});

const around = { agentRouting: { rules: [{ pattern: 'FEAT*', agent: 'painter' }] } };

/** Keys that decide who implements a ticket, and beside which others. */
export const waveProofs: Readonly<Record<string, Proof>> = {
  'agentRouting.rules[].pattern': {
    values: ['FEAT*', 'BUG*'],
    around,
    see: planned('agent_type'),
    shows: ['painter', 'backend'],
  },
  'agentRouting.rules[].agent': {
    values: ['painter', 'plumber'],
    around,
    see: planned('agent_type'),
    shows: ['painter', 'plumber'],
  },
  'agentRouting.rules[].label': {
    values: [undefined, 'all features'],
    around,
    see: async (root) => /by (.*)$/.exec(await planned('rationale')(root))?.[1],
    shows: ['agentRouting.rules[0] (FEAT*)', 'agentRouting.rules[0] (all features)'],
  },
  'agentRouting.overrides.*.agent': {
    name: 'FEAT',
    values: [undefined, 'specialist'],
    around,
    see: planned('agent_type'),
    shows: ['painter', 'specialist'],
  },
  'agentRouting.overrides.*.investigator': {
    name: 'FEAT',
    values: [false, true],
    see: routed([], 'investigator'),
    shows: [false, true],
  },
  'agentRouting.llmOverride': {
    values: [true, false],
    see: routed(['--override', 'painter', '--reason', 'it is a form'], 'agent_type'),
    shows: ['painter', 'override-refused'],
  },
  'agentRouting.disciplines': {
    values: [{}, { 'tests-first': 'my-tests' }],
    files: { '.claude/skills/t/SKILL.md': '---\nname: my-tests\ndescription: mine\n---\n' },
    see: async (root) => Object([await routed([], 'disciplines')(root)].flat()[0]).skill,
    shows: [null, 'my-tests'],
  },
  'llmOps.routing.entryModelClassify': entryTierOf('commit'),
  'llmOps.routing.entryModelDraft': entryTierOf('draft'),
  'llmOps.routing.entryModelPlan': entryTierOf('plan'),
  'llmOps.routing.entryModelImplement': entryTierOf('lint'),
  'llmOps.routing.entryModelReview': entryTierOf('review'),
  'llmOps.routing.escalationModel': {
    values: ['frontier', 'vendor/large'],
    around: { version: '1.1' },
    see: routed(['--escalate', '--reason', 'hard'], 'model'),
    shows: ['opus', 'vendor/large'],
  },
  'llmOps.routing.maxEscalationsPerTicket': {
    values: [1, 0],
    around: { version: '1.1' },
    see: routed(['--escalate', '--reason', 'hard'], 'model'),
    shows: ['opus', 'escalation-limit'],
  },
  'llmOps.gateway.requireEscalationReason': {
    values: [true, false],
    around: { version: '1.1' },
    see: routed(['--escalate'], 'model'),
    shows: ['escalation-needs-reason', 'opus'],
  },
  'waves.merge': {
    values: ['rebase', 'squash'],
    around: { profile: 'light' },
    see: async (root) => {
      const call = atTerminal(root);
      await startWave(call, { maxSlots: 1, ids: [] });
      const worktree = readClaim(call.paths.opsDir, id)?.worktree ?? '';
      await committed(call, worktree, discount);
      await committed(call, worktree, { 'src/basket.js': `${discount['src/basket.js']}// in cents\n` });
      // Somebody else's commit: the ticket's own are laid on it.
      commitAll(root, 'chore: mine');
      await mergeWave(call);
      return gitIn(root, 'log', '--format=%s', '--grep=Ticket: FEAT-001').split('\n').length;
    },
    shows: [2, 1],
  },
  'waves.deliver': {
    values: ['branch', 'pr'],
    around: { profile: 'light' },
    see: async (root) => {
      const call = atTerminal(root);
      await startWave(call, { maxSlots: 1, ids: [] });
      await committed(call, readClaim(call.paths.opsDir, id)?.worktree ?? '', discount);
      const session = { session: async () => ({ cost_usd: 0, models: {} }), spending: noSpending };
      try {
        return (await endWave(call, session)).completed;
      } catch (error) {
        // A repository without a remote: that is asked for where something is to be pushed.
        return Object(error).code;
      }
    },
    shows: [['FEAT-001'], 'ship-no-remote'],
  },
  'events.command': {
    values: [undefined, ['false']],
    see: async (root) => {
      await backlog(['ticket', 'move', 'FEAT-001', 'lint-blocked'], { cwd: root, env });
      const log = path.join(root, '.backlog-ops/events.log');
      // The program runs in the background, and that it fails is written down.
      for (let tries = 0; tries < 60 && !existsSync(log); tries++) await sleep(50);
      return existsSync(log);
    },
    shows: [false, true],
  },
  'llmOps.cachePolicy.sessionMaxWaves': {
    values: [1, 2],
    around: { version: '1.1' },
    see: async (root) => {
      const call = callOfSession(root, 's1');
      const session = { session: async () => ({ cost_usd: 0, models: {} }), spending: noSpending };
      await startWave(call, { maxSlots: 1, ids: [] });
      return (await endWave(call, session)).session_limit_reached;
    },
    shows: [true, false],
  },
};

async function committed(call: GateCall, worktree: string, change: Readonly<Record<string, string>>) {
  writeFiles(worktree, change);
  for (const gate of ['implement', 'lint'] as const) await runGate(call, { ticketId: id, gate });
  await commitWork(call, { ticketId: id, type: 'feat', area: '', summary: 'it', include: [], reason: '' });
}

const noSpending = async () => ({ requests: 0, cost_usd: 0, unpriced: 0, input_tokens: 0, output_tokens: 0 });
