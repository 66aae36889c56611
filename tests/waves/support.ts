import { parseConfig } from '../../src/project/config.ts';
import { classify } from '../../src/tickets/classify.ts';
import type { Candidate } from '../../src/waves/candidate.ts';
import { type PlanOptions, planWaves } from '../../src/waves/plan.ts';

/** A configuration with defaults, and `blocks` over them. */
export const configWith = (blocks: object = {}) =>
  parseConfig(
    JSON.stringify({
      version: '1.1',
      project: { name: 'sample' },
      backlog: {},
      qualityGates: {},
      codeRules: {},
      ticketValidation: {},
      ...blocks,
    }),
  ).config;

export const candidate = (id: string, parts: Partial<Candidate> = {}): Candidate => {
  const prefix = /^[A-Z]+/.exec(id)?.[0] ?? '';
  const { files = [], waitsFor = [], tags = [] } = parts;
  return {
    id,
    prefix,
    priority: 'medium',
    actions: [],
    files,
    tags,
    waitsFor,
    classification: classify({ prefix, tags, files, dependsOn: waitsFor, stated: undefined }),
    ...parts,
  };
};

export const planOf = (candidates: readonly Candidate[], options: Partial<PlanOptions> = {}) =>
  planWaves(candidates, {
    config: configWith(),
    maxSlots: 3,
    occupied: [],
    missing: (id) => `${id} is missing`,
    ...options,
  });

/** `[['A-1', 'A-2'], ['A-3']]`: ids by wave. */
export const idsOf = (plan: ReturnType<typeof planOf>) =>
  plan.waves.map(({ tickets }) => tickets.map(({ id }) => id));
