import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { transcriptRequests } from '../../src/ledger/transcript-report.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

it('names a transcript that cannot be read, and reads the others', async () => {
  const folder = tempDir();
  const usage = { input_tokens: 10, output_tokens: 5 };
  const message = { id: 'msg_1', model: 'claude-sonnet-4-5', role: 'assistant', usage };
  const row = {
    type: 'assistant',
    timestamp: '2026-11-21T10:00:00.000Z',
    requestId: 'req_1',
    sessionId: 's',
    message,
  };
  writeFiles(folder, { 's.jsonl': `${JSON.stringify(row)}\n`, 's/subagents/.keep': '' });
  const loop = path.join(folder, 's/subagents/agent-a.jsonl');
  symlinkSync(loop, loop);
  const transcript = { session_id: 's', transcript_path: path.join(folder, 's.jsonl'), cwd: folder };
  const found = await transcriptRequests([transcript], { billing: 'api' });
  expect(found.requests).toHaveLength(1);
  expect(found.unread_files).toEqual([{ file: loop, message: expect.stringContaining('ELOOP') }]);
});
