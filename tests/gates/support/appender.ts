// A process of its own that appends evidence; bundled and started by evidence.test.ts.
import { appendEvidence } from '../../../src/gates/evidence.ts';

const [opsDir = '', name = '', count = '0'] = process.argv.slice(2);
for (let index = 0; index < Number(count); index++)
  await appendEvidence(opsDir, {
    ticket_id: 'FEAT-001',
    gate: 'lint',
    result: 'pass',
    command: `${name} ${index}`,
    exit_code: 0,
    started_at: '2026-11-21T04:13:00.000Z',
    duration_ms: 1,
    holds_for: { kind: 'tree', tree: 't' },
    base_commit: 'b',
    output_sha256: null,
    output_tail: '',
    agent_id: null,
    session_id: null,
  });
