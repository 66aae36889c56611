import { describe, expect, it } from 'vitest';
import { submitReview } from '../../src/gates/review.ts';
import { requestReview } from '../../src/gates/review-request.ts';
import { anyAgent, atTerminal, id, linted } from '../gates/support/journey.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { readText } from './parts.ts';

// The skill names fields of answers; here each is read from a real one.
const skill = readText('skills/backlog-implementer/SKILL.md');

describe('what the implementer skill reads', () => {
  it('the findings of a failed lint', async () => {
    const root = await linted();
    writeFiles(root, { 'src/basket.js': 'var sum = 0;\n' });
    const run = await backlog(['gate', 'run', 'implement', '--ticket', id, '--json'], { cwd: root });
    expect(Object.keys(jsonOf(run))).toEqual(expect.arrayContaining(['message', 'output_tail']));
    writeFiles(root, {
      'src/basket.js':
        'export const total = (items) => items.length;\nexport const price = (sum) => (sum < 5000 ? sum : Math.round(sum * 0.9));\nvar more = 0;\n',
    });
    const lint = await backlog(['gate', 'run', '--stale', '--ticket', id, '--json'], { cwd: root });
    expect(lint.exitCode).toBe(1);
    const { message, output_tail, findings } = jsonOf(lint);
    expect(findings).toEqual([
      {
        file: 'src/basket.js',
        line: 3,
        column: 0,
        rule: 'no-var',
        message: 'use const (no-var)',
        severity: 'error',
      },
    ]);
    expect([typeof message, typeof output_tail]).toEqual(['string', 'string']);
    for (const field of ['`message`', '`findings`', '`output_tail`', '`file`', '`line`', '`rule`'])
      expect(skill).toContain(field);
  });

  it('the findings of a review that asks for changes', async () => {
    const root = await linted();
    const finding = {
      severity: 'Important',
      confidence: 90,
      file: 'src/basket.js',
      line: 2,
      message: 'why?',
    };
    const { request } = await requestReview(atTerminal(root), id);
    await submitReview(atTerminal(root), {
      requestId: request.id,
      text: JSON.stringify({ verdict: 'changes-requested', findings: [finding] }),
      registry: anyAgent,
    });
    const status = jsonOf(await backlog(['gate', 'status', id, '--json'], { cwd: root }));
    const items: unknown[] = Array.isArray(status.items) ? status.items : [];
    expect(items).toContainEqual(
      expect.objectContaining({
        gate: 'review',
        required: true,
        holds: false,
        evidence: [expect.objectContaining({ details: expect.objectContaining({ findings: [finding] }) })],
      }),
    );
    expect(skill).toContain('`evidence[].details.findings`');
  });

  it('the cost, in the first line of its report', async () => {
    const root = await linted();
    const { stdout } = await backlog(['cost', 'report', '--ticket', id], {
      cwd: root,
      env: { BACKLOG_HOME: tempDir() },
    });
    expect(stdout.split('\n')[0]).toBe(`Cost of ${id}: $0.00`);
    expect(skill).toMatch(/cost \(first line of\s+`backlog cost report --ticket <id>`\)/);
  });
});
