import { backlog, jsonOf } from '../../support/cli.ts';
import type { Proof } from './proof.ts';

const env = { BACKLOG_HOME: '/nonexistent/backlog-home' };

/** What `wave plan` says of the shop's only ticket, which touches two files of JavaScript. */
const planned = (field: string) => async (root: string) => {
  const plan = jsonOf(await backlog(['wave', 'plan', '--json'], { cwd: root, env }));
  return String(Object([Object([plan.waves].flat()[0]).tickets].flat()[0])[field]);
};

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
};
