import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { acts } from '../../src/project/config-effects.ts';
import { configSchema } from '../../src/project/schema/config-schema.ts';
import { leafKeys } from '../../src/project/schema-walk.ts';
import { stacks } from '../../src/project/stack.ts';
import { backlog } from '../support/cli.ts';
import { tempRepo } from '../support/temp.ts';
import { gateProofs } from './config-effects/gates.ts';
import { gatewayProofs } from './config-effects/gateway.ts';
import { modelProofs } from './config-effects/models.ts';
import { seen } from './config-effects/proof.ts';
import { retrievalProofs } from './config-effects/retrieval.ts';
import { reviewProofs } from './config-effects/review.ts';
import { telemetryProofs } from './config-effects/telemetry.ts';
import { ticketProofs } from './config-effects/tickets.ts';
import { waveProofs } from './config-effects/waves.ts';

const proofs = {
  ...ticketProofs,
  ...gateProofs,
  ...reviewProofs,
  ...retrievalProofs,
  ...modelProofs,
  ...gatewayProofs,
  ...telemetryProofs,
  ...waveProofs,
};

describe('a key that is said to act', () => {
  it('has a proof, and nothing else has', () => {
    const acting = leafKeys(configSchema).filter(({ path }) => acts(path));
    expect(Object.keys(proofs).sort()).toEqual(acting.map(({ path }) => path).sort());
  });

  it.each(Object.entries(proofs))('%s: what the program does follows its value', async (key, proof) => {
    expect(proof.shows[0]).not.toEqual(proof.shows[1]);
    expect(await Promise.all(proof.values.map((value) => seen(key, proof, value)))).toEqual(proof.shows);
  });
});

describe('backlog init', () => {
  it.each(stacks)('writes only keys that act for %s', async (stack) => {
    const cwd = tempRepo();
    const args = ['init', '--yes', '--name', 'shop', '--stack', stack, '--llmops', '--local'];
    expect(await backlog(args, { cwd })).toMatchObject({ exitCode: 0 });
    const written = keysOf(JSON.parse(readFileSync(path.join(cwd, 'backlog.config.json'), 'utf8')));
    expect(written).toContain('qualityGates.baseline');
    expect(written.filter((key) => !acts(key))).toEqual([]);
  });
});

function keysOf(value: unknown, above: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [above.join('.')];
  return Object.entries(value).flatMap(([key, child]) => keysOf(child, [...above, key]));
}
