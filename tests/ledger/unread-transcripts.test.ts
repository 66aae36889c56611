import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { claudeTotals } from '../../src/ledger/claude-totals.ts';
import { ingestTranscript } from '../../src/ledger/transcripts.ts';
import { tempDir } from '../support/temp.ts';

/** A link that leads to itself can be read by nobody, whoever runs the test. */
function unreadable(): string {
  const file = path.join(tempDir(), 's1.jsonl');
  symlinkSync('s1.jsonl', file);
  return file;
}

it('a transcript that cannot be read is named, and stops no reading of usage', async () => {
  const [file, home] = [unreadable(), tempDir()];
  const done = await ingestTranscript({
    transcriptFile: file,
    sessionId: 's1',
    ledger: path.join(home, 'ledger.jsonl'),
    attribute: () => expect.unreachable(),
    cursorDir: path.join(home, 'cursors'),
    maxBytes: 1000,
    billing: 'api',
    home,
    project: 'shop',
  });
  expect(done).toMatchObject({
    records: 0,
    moreToRead: false,
    unread: [{ file, message: expect.stringContaining('ELOOP') }],
  });
});

it('the client’s own total of such a session is missing, and said to be', () => {
  const file = unreadable();
  const unread: string[] = [];
  const totals = claudeTotals([{ session_id: 's1', transcript_path: file, cwd: '/' }], (name) =>
    unread.push(name),
  );
  expect([totals.size, unread]).toEqual([0, [file]]);
});
