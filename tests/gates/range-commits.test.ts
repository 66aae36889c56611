import { describe, expect, it } from 'vitest';
import { commitsSince, rangeCommits } from '../../src/gates/range-commits.ts';
import { gitEnv, gitIn, tempRepo, writeFiles } from '../support/temp.ts';

const books = { prefix: '', dataDir: 'backlog/data' };
const commit = (repo: string, subject: string, files: Readonly<Record<string, string>>) => {
  writeFiles(repo, files);
  gitIn(repo, 'add', '-A');
  gitIn(repo, 'commit', '-q', '--allow-empty', '-m', subject);
  return gitIn(repo, 'rev-parse', 'HEAD');
};

describe('the commits of a range', () => {
  it('are told by what they touch, whatever their files are called', async () => {
    const repo = tempRepo();
    const place = { worktree: repo, env: gitEnv() };
    const base = gitIn(repo, 'rev-parse', 'HEAD');
    const first = commit(repo, 'chore: books', { 'backlog/data/pending/FEAT-001-x.md': 'x' });
    // A file that is called as the commit before it.
    const second = commit(repo, 'feat: code\n\nTicket: FEAT-001', { [first]: 'x', 'a\n:b.js': 'x' });
    commit(repo, 'chore: more books', { 'backlog/data/evidence/FEAT-001.json': '{}' });
    commit(repo, 'chore: nothing', {});
    gitIn(repo, 'switch', '-q', '-c', 'side', second);
    commit(repo, 'chore: ticket', { 'backlog/data/pending/FEAT-002-y.md': 'y' });
    gitIn(repo, 'switch', '-q', 'main');
    gitIn(repo, 'merge', '-q', '-m', 'chore: merge', 'side');
    const found = await rangeCommits(place, books, { from: base, to: 'HEAD' });
    expect(Object.fromEntries(found.map(({ subject, booksOnly }) => [subject, booksOnly]))).toEqual({
      'chore: books': true,
      'feat: code': false,
      'chore: more books': true,
      'chore: nothing': true,
      'chore: ticket': true,
      'chore: merge': true,
    });
    expect(found.find(({ id }) => id === second)).toMatchObject({ tickets: ['FEAT-001'], parents: [first] });
    expect(found.map(({ id }) => id)).toEqual(
      gitIn(repo, 'log', '--topo-order', '--format=%H', `${base}..HEAD`).split('\n'),
    );
    expect(await commitsSince(place, books, base)).toEqual(found);
    expect(await commitsSince(place, books, 'HEAD')).toEqual([]);
  });

  it('count a merge that brings code from either side as code', async () => {
    const repo = tempRepo();
    const base = gitIn(repo, 'rev-parse', 'HEAD');
    commit(repo, 'chore: books', { 'backlog/data/pending/FEAT-001-x.md': 'x' });
    gitIn(repo, 'switch', '-q', '-c', 'side', base);
    commit(repo, 'feat: code', { 'src/a.js': 'x' });
    gitIn(repo, 'merge', '-q', '-m', 'chore: merge', 'main');
    const found = await commitsSince({ worktree: repo, env: gitEnv() }, books, base);
    expect(found?.find(({ subject }) => subject === 'chore: merge')?.booksOnly).toBe(false);
  });

  it('are none that can be told when the base is in no history of HEAD', async () => {
    const repo = tempRepo();
    const place = { worktree: repo, env: gitEnv() };
    const first = gitIn(repo, 'rev-parse', 'HEAD');
    const later = commit(repo, 'feat: later', { 'a.js': 'x' });
    gitIn(repo, 'reset', '-q', '--hard', first);
    expect(await commitsSince(place, books, later)).toBeUndefined();
    commit(repo, 'feat: another', { 'b.js': 'x' });
    expect(await commitsSince(place, books, later)).toBeUndefined();
    expect(await commitsSince(place, books, '0123456789'.repeat(4))).toBeUndefined();
    gitIn(repo, 'switch', '-q', '--orphan', 'empty');
    expect(await commitsSince(place, books, first)).toBeUndefined();
  });
});
