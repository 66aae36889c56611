import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { issueStamp } from '../../src/attribution/stamps.ts';
import { readEvidence } from '../../src/gates/evidence.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { waiveGate } from '../../src/gates/waive.ts';
import { writeFiles } from '../support/temp.ts';
import { callIn, callOfSession, discount, project, ticketPath } from './support/project.ts';

const id = 'FEAT-001';
const plan = (root: string, text = '1. Tests first.\n', call = callIn(root), allow?: string) =>
  runGate(call, { ticketId: id, gate: 'plan', plan: text, allow });
const edit = (root: string, change: (text: string) => string): void => {
  const file = path.join(root, ticketPath());
  writeFileSync(file, change(readFileSync(file, 'utf8')));
};
const ticket = (root: string): string => readFileSync(path.join(root, ticketPath()), 'utf8');
const evidence = (root: string) => readEvidence(callIn(root).paths.opsDir, id).map(({ record }) => record);
const stateOf = async (root: string, gate: string) =>
  (await ticketStatus(callIn(root), id)).states.find((state) => state.gate === gate);

async function started(config: Record<string, unknown> = {}): Promise<string> {
  const root = project({ config });
  await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
  return root;
}

describe('the plan gate', () => {
  it('writes the plan into the ticket and freezes its promise', async () => {
    const root = await started();
    expect(await plan(root, '# Plan\n\n## Step 1\n\n```sh\n# a comment\n```\n')).toMatchObject({
      result: 'pass',
    });
    expect(ticket(root)).toContain(
      '## Implementation Plan\n\n### Plan\n\n### Step 1\n\n```sh\n# a comment\n```\n',
    );
    expect(evidence(root)).toMatchObject([
      {
        gate: 'plan',
        result: 'pass',
        command: null,
        holds_for: { kind: 'promise' },
        details: {
          promise: { criteria: [{ id: 'AC-1' }, { id: 'AC-2' }, { id: 'AC-3' }], tests: 'new' },
          replanned: false,
        },
      },
    ]);
    expect(await stateOf(root, 'plan')).toMatchObject({ verdict: 'holds' });
  });

  it.each<[string, (text: string) => string, string]>([
    ['a ticked box', (text) => text.replace('- [ ] AC-1', '- [x] AC-1'), 'holds'],
    ['white space', (text) => text.replace('AC-1: A basket', 'AC-1:   A   basket'), 'holds'],
    ['a note', (text) => text.replace('Prices are in cents.', 'Prices are in euros.'), 'holds'],
    ['a criterion', (text) => text.replace('costs 4500', 'costs 4000'), 'stale'],
    ['the test strategy', (text) => text.replace('"adds up"', '"sums up"'), 'stale'],
    ['the affected files', (text) => text.replace('| src/basket.js |', '| src/other.js |'), 'stale'],
    ['the tests field', (text) => text.replace('tests: new', 'tests: existing'), 'stale'],
  ])('%s in the ticket afterwards', async (_what, change, verdict) => {
    const root = await started();
    await plan(root);
    edit(root, change);
    expect(await stateOf(root, 'plan')).toMatchObject({ verdict });
  });

  it('fails on an invalid ticket, with evidence of that', async () => {
    const root = await started();
    edit(root, (text) => text.replace(/- \[ \] AC-2.*\n- \[ \] AC-3.*\n/, ''));
    expect(await plan(root)).toMatchObject({
      result: 'fail',
      message: expect.stringContaining('1 problem in the ticket'),
    });
    expect(evidence(root)).toMatchObject([{ gate: 'plan', result: 'fail' }]);
    expect(ticket(root)).not.toContain('Implementation Plan');
  });

  it('asks for a plan', async () => {
    const root = await started();
    await expect(plan(root, ' \n')).rejects.toMatchObject({ code: 'plan-empty', exitCode: 2 });
  });

  it('comes before implement in the standard profile, and is not asked for in the light one', async () => {
    const root = await started();
    await expect(runGate(callIn(root), { ticketId: id, gate: 'implement' })).rejects.toMatchObject({
      code: 'gate-order',
      details: { missing: 'plan' },
    });
  });
});

describe('planning again', () => {
  it('before implementation began replaces the plan', async () => {
    const root = await started();
    await plan(root, 'First thoughts.\n');
    edit(root, (text) => text.replace(/- \[ \] AC-3.*\n/, '- [ ] AC-4: It is quick\n'));
    expect(await plan(root, 'Second thoughts.\n')).toMatchObject({ result: 'pass' });
    expect(ticket(root)).toContain('Second thoughts.');
    expect(ticket(root)).not.toContain('First thoughts.');
    expect(evidence(root).at(-1)?.details).toMatchObject({ replanned: false });
  });

  it('after the first implementation evidence keeps both versions and their difference', async () => {
    const root = await started();
    await plan(root, 'First thoughts.\n');
    writeFiles(root, discount);
    await runGate(callIn(root), { ticketId: id, gate: 'implement' });
    edit(root, (text) => text.replace('costs 4500', 'costs 4000'));
    await plan(root, 'Second thoughts.\n');
    await plan(root, 'Second thoughts.\n');
    expect(ticket(root)).toMatch(
      /Second thoughts\.\n\n### Earlier plan, replaced [\d-]+\n\nFirst thoughts\./,
    );
    expect(ticket(root).match(/First thoughts/g)).toHaveLength(1);
    expect(evidence(root).filter(({ gate }) => gate === 'plan')[1]?.details).toMatchObject({
      replanned: true,
      changes: [
        {
          what: 'criterion-changed',
          before: 'AC-1: A basket of 5000 cents costs 4500',
          after: 'AC-1: A basket of 5000 cents costs 4000',
        },
      ],
    });
  });

  it('needs a person to take a criterion away', async () => {
    const root = await started();
    await plan(root);
    writeFiles(root, discount);
    await runGate(callIn(root), { ticketId: id, gate: 'implement' });
    edit(root, (text) => text.replace(/- \[ \] AC-3.*\n/, '- [ ] AC-4: It is quick\n'));
    await expect(plan(root)).rejects.toMatchObject({
      code: 'criterion-removed',
      exitCode: 1,
      details: { removed: ['AC-3: It is rounded'] },
    });
    const person = callIn(root, { confirm: async () => true });
    expect(await plan(root, 'Less.\n', person, 'not wanted any more')).toMatchObject({ result: 'pass' });
    expect(ticket(root)).toMatch(
      /\| Allowed \(criterion-removed\): AC-3: It is rounded: not wanted any more \| human:Ada \|/,
    );
  });
});

describe('gate waive', () => {
  const waive = (root: string, call = callIn(root, { confirm: async () => true })) =>
    waiveGate(call, { ticketId: id, gate: 'plan', reason: 'a | typo\nonly' });

  it('lets one gate of one promise go, in evidence and History', async () => {
    const root = await started();
    await waive(root);
    expect(evidence(root)).toMatchObject([
      { gate: 'plan', result: 'waived', details: { person: 'human:Ada', reason: 'a | typo only' } },
    ]);
    expect(ticket(root)).toContain('| Gate plan waived: a typo only | human:Ada |');
    expect(await stateOf(root, 'plan')).toMatchObject({ verdict: 'waived', holds: true });
    expect(await stateOf(root, 'lint')).toMatchObject({ holds: false });
    writeFiles(root, discount);
    expect(await runGate(callIn(root), { ticketId: id, gate: 'implement' })).toMatchObject({
      result: 'pass',
    });
    edit(root, (text) => text.replace('costs 4500', 'costs 4000'));
    expect(await stateOf(root, 'plan')).toMatchObject({ verdict: 'missing' });
  });

  it('is a person’s to decide', async () => {
    const root = await started();
    await expect(waive(root, callIn(root))).rejects.toMatchObject({ code: 'person-needed', exitCode: 1 });
    await expect(waive(root, callIn(root, { confirm: async () => false }))).rejects.toMatchObject({
      code: 'person-declined',
    });
    const session = callOfSession(root, 's1', { confirm: async () => true });
    await expect(waive(root, session)).rejects.toMatchObject({ code: 'person-needed' });
    const stamped = (purpose: string) => ({
      ...session,
      caller: { ...session.caller, stamp: issueStamp(session.home, 's1', { purpose, command_sha256: 'x' }) },
    });
    await expect(waive(root, stamped('allow'))).rejects.toMatchObject({ code: 'person-needed' });
    expect(evidence(root)).toEqual([]);
    expect(await waive(root, stamped('waive'))).toMatchObject({ record: { result: 'waived' } });
  });

  it('needs a reason, cannot be for the commit, and is not there in the strict profile', async () => {
    const root = await started();
    const person = callIn(root, { confirm: async () => true });
    const wanted = { ticketId: id, gate: 'plan', reason: ' ' } as const;
    await expect(waiveGate(person, wanted)).rejects.toMatchObject({ code: 'reason-missing', exitCode: 2 });
    await expect(waiveGate(person, { ...wanted, gate: 'commit', reason: 'x' })).rejects.toMatchObject({
      code: 'waiver-not-allowed',
    });
    const strict = await started({ profile: 'strict' });
    await expect(waive(strict)).rejects.toMatchObject({ code: 'waiver-not-allowed', exitCode: 1 });
  });
});
