import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startWave } from '../../src/waves/start.ts';
import { backlog, backlogBin, jsonOf } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';
import { backlogOf, terminal } from './backlog.ts';

const config = JSON.stringify({
  version: '1.1',
  project: { name: 'sample' },
  backlog: { ticketPrefixes: ['FEAT', 'BUG', 'SEC'] },
  qualityGates: {},
  codeRules: {},
  ticketValidation: {},
});

const ticket = (id: string, fields: string, table = '') => `---
id: ${id}
title: ${id} in short
status: pending
priority: medium
${fields}---

# ${id}: in short

## Affected Files

| File | Action | Description |
|---|---|---|
${table}
`;

const project = () => {
  const folder = tempDir();
  writeFiles(folder, {
    'backlog.config.json': config,
    'backlog/data/pending/FEAT-001-a.md': ticket('FEAT-001', '', '| src/a.ts | modify | a |'),
    'backlog/data/pending/FEAT-002-b.md': ticket(
      'FEAT-002',
      'shared_files: [src/a.ts]\n',
      '| src/b.ts | modify | b |',
    ),
    'backlog/data/pending/FEAT-003-c.md': ticket('FEAT-003', 'depends_on: [FEAT-001]\ncomplexity: huge\n'),
    'backlog/data/pending/FEAT-004-d.md': ticket('FEAT-004', 'depends_on: [FEAT-009]\n'),
    'backlog/data/pending/FEAT-005-e.md': ticket('FEAT-005', '').replace(
      'status: pending',
      'status: lint-blocked',
    ),
    'backlog/data/pending/BUG-001-f.md': ticket(
      'BUG-001',
      'affected_files: [src/c.py]\ndepends_on: [FEAT-000]\n',
    ),
    'backlog/data/completed/FEAT-000-z.md': ticket('FEAT-000', '').replace(
      'status: pending',
      'status: completed',
    ),
    'backlog/data/pending/FEAT-006-g.md': 'no front matter\n',
  });
  return folder;
};

describe('wave plan', () => {
  it('plans the backlog, says why it leaves tickets out, and counts the broken one', async () => {
    const result = await backlog(['wave', 'plan', '--json'], { cwd: project() });
    expect(result.exitCode).toBe(3);
    const { waves, skipped, broken } = jsonOf(result);
    expect(waves).toMatchObject([
      {
        wave: 1,
        tickets: [
          { id: 'BUG-001', agent_type: 'backend', complexity: 'complex', pipeline: 'full', tier: 'balanced' },
          { id: 'FEAT-001', agent_type: 'backend', complexity: 'trivial', pipeline: 'fast', batch: null },
        ],
      },
      { wave: 2, tickets: [{ id: 'FEAT-002' }, { id: 'FEAT-003' }] },
    ]);
    expect(skipped).toEqual([
      { id: 'FEAT-005', reason: 'its status is lint-blocked' },
      { id: 'FEAT-004', reason: 'FEAT-009 is not in the backlog' },
    ]);
    expect(broken).toMatchObject([{ file: 'backlog/data/pending/FEAT-006-g.md', line: 1 }]);
  });

  it('plans a list from stdin outside any project', async () => {
    const input = JSON.stringify([
      { id: 'T-2', priority: 2, affected_files: ['a.py'], depends_on: [] },
      { id: 'T-1', priority: 1, affected_files: ['a.py'], depends_on: [] },
    ]);
    const result = await backlog(['wave', 'plan', '--tickets', '-', '--json'], {
      cwd: tempDir(),
      input,
    });
    expect(result.exitCode).toBe(0);
    expect(jsonOf(result)).toMatchObject({
      waves: [
        { wave: 1, tickets: [{ id: 'T-1' }] },
        { wave: 2, tickets: [{ id: 'T-2' }] },
      ],
      skipped: [],
    });
  });

  it.each(['{', '{}', '[{"id": "../x"}]', '[{"id":"A-1"},{"id":"A-1"}]'])('refuses %s', async (input) => {
    const result = await backlog(['wave', 'plan', '--tickets', '-', '--json'], {
      cwd: tempDir(),
      input,
    });
    expect(result.exitCode).toBe(2);
    expect(jsonOf(result)).toMatchObject({ error: { code: 'wave-tickets-invalid' } });
  });
});

describe('ticket classify', () => {
  it('prints the bare word, and a warning for a complexity that is none', async () => {
    const result = await backlog(['ticket', 'classify', 'FEAT-003'], { cwd: project() });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'complex\n' });
    expect(result.stderr).toContain('complexity "huge" is none of trivial, simple, complex; ignored');
  });

  it('takes a file, also outside a project, and a broken one is complex', async () => {
    const cwd = project();
    const file = 'backlog/data/pending/FEAT-006-g.md';
    const result = await backlog(['ticket', 'classify', file, '--json'], { cwd });
    expect(result.exitCode).toBe(0);
    expect(jsonOf(result)).toMatchObject({ id: 'FEAT-006', complexity: 'complex' });
  });

  it('says that there is no such ticket', async () => {
    const result = await backlog(['ticket', 'classify', 'FEAT-099'], { cwd: project() });
    expect(result.exitCode).toBe(3);
  });
});

describe('wave status', () => {
  it('says that there was none', async () => {
    const result = await backlog(['wave', 'status'], { cwd: project() });
    expect(result).toMatchObject({ exitCode: 0, stdout: 'no wave was started yet\n' });
  });

  const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script');
  it.skipIf(!hasTerminal)('draws its table again on a terminal, until Ctrl-C', async () => {
    const root = backlogOf();
    const call = terminal(root);
    await startWave(call, { maxSlots: 1, ids: [] });
    const child = spawn('/usr/bin/script', ['-qec', `${backlogBin} wave status`, '/dev/null'], {
      cwd: root,
      env: { ...gitEnv(), HOME: call.home, BACKLOG_HOME: call.home, TERM: 'xterm' },
    });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      // Twice the head of the table: it was drawn again, over itself.
      if (shown.split('wave 1 since').length === 3) child.stdin.end('\x03');
    });
    child.stdin.on('error', () => {});
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    expect(exitCode).toBe(130);
    expect(shown).toMatch(/FEAT-001 +- +- +- +- +- +in_progress/);
    expect(shown).toContain('\u001b[3A\u001b[J');
  });
});
