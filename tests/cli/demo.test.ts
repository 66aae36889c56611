import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { backlog, backlogBin, jsonOf } from '../support/cli.ts';
import { gitEnv, gitIn, tempDir, writeFiles } from '../support/temp.ts';

describe('backlog demo', () => {
  it('takes a ticket from request to completion, with real gates, refusals, commits and costs', async () => {
    const cwd = tempDir();
    const result = await backlog(['demo', '--dir', 'shop', '--json'], { cwd });
    expect(result.exitCode, result.stderr).toBe(0);
    const document = jsonOf(result);
    expect(document).toMatchObject({
      ticket_id: 'FEAT-001',
      cost: { total: { requests: 5 }, demo_requests: 5 },
    });
    const shop = path.join(cwd, 'shop');
    expect(gitIn(shop, 'log', '--format=%s')).toBe(
      'chore(backlog): complete FEAT-001\nfeat(basket): implement FEAT-001 — 10 % off from 50.00 on\nchore: set up the backlog\nfeat: add up a basket',
    );
    // What it has learnt is bookkeeping that nobody has to commit.
    expect(gitIn(shop, 'status', '--porcelain', '--', ':!.claude')).toBe('');
    expect(result.stderr).toContain('denied: this is a commit past the gates');
    expect(result.stderr).toContain('error: commit comes after review');
    expect(result.stderr).toContain('error: FEAT-001 has no commit');
  });

  it('leaves nothing behind without --dir, and refuses a folder with something in it', async () => {
    const cwd = tempDir();
    const temp = path.join(cwd, 'temp');
    mkdirSync(temp);
    const result = await backlog(['demo'], { cwd, env: { TMPDIR: temp } });
    expect([result.exitCode, readdirSync(temp)]).toEqual([0, []]);
    writeFiles(cwd, { 'full/mine.txt': 'mine' });
    const refused = await backlog(['demo', '--dir', 'full'], { cwd });
    expect([refused.exitCode, readdirSync(path.join(cwd, 'full'))]).toEqual([2, ['mine.txt']]);
  });

  it.each([
    ['SIGINT', 1],
    ['SIGINT', 2],
    ['SIGTERM', 1],
    ['SIGHUP', 2],
  ] as const)('cleans up after %s, sent %i times, and exits 130', async (signal, times) => {
    const temp = tempDir();
    const child = spawn(backlogBin, ['demo'], { cwd: temp, env: { ...gitEnv(), TMPDIR: temp } });
    let seen = '';
    const exitCode = await new Promise<number | null>((resolve) => {
      child.stderr.on('data', (chunk) => {
        if (seen.includes('backlog init')) return;
        seen += chunk;
        if (!seen.includes('backlog init')) return;
        for (let time = 0; time < times; time += 1) setTimeout(() => child.kill(signal), 20 * time);
      });
      child.on('close', resolve);
    });
    expect(exitCode).toBe(130);
    // A process that outlived the demo would make its folders anew.
    await sleep(500);
    expect(readdirSync(temp)).toEqual([]);
  });
});
