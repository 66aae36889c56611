import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { GitFacts } from '../../src/gates/git-facts.ts';
import { readAhead } from '../../src/gates/objects.ts';
import { commitId, fileAt, namesAt } from '../../src/gates/repository.ts';
import { gitEnv, gitIn, tempDir, tempRepo } from '../support/temp.ts';

const files = {
  'a.txt': 'ends with a carriage return\r',
  'empty.txt': '',
  'umlaut.txt': 'größe\n',
  'looks.txt': 'deadbeef missing\n0123456789abcdef0123456789abcdef01234567 blob 3\n',
  'with space/ä b.txt': 'x\n',
};

describe('what is read ahead', () => {
  it('is what git answers one by one, present or not', async () => {
    const repo = tempRepo(files);
    const id = gitIn(repo, 'rev-parse', 'HEAD');
    const tree = gitIn(repo, 'rev-parse', 'HEAD^{tree}');
    const asked = { worktree: repo, env: gitEnv() };
    const known = { ...asked, facts: new GitFacts() };
    const paths = [
      ...Object.keys(files),
      'not there.txt',
      'with space',
      'new\nline',
      '../outside',
      './a.txt',
      '/a.txt',
    ];
    await readAhead(
      known,
      [id, tree].flatMap((one) => paths.map((name) => ({ id: one, path: name }))),
    );
    // From here on there is nothing to ask.
    rmSync(path.join(repo, '.git/objects'), { recursive: true });
    for (const one of [id, tree])
      for (const [name, text] of Object.entries(files)) expect(await fileAt(known, one, name)).toBe(text);
    expect(await fileAt(known, id, 'not there.txt')).toBeUndefined();
    expect(await fileAt(known, id, 'with space')).toBeUndefined();
    expect(await namesAt(known, id, 'with space')).toEqual(['ä b.txt']);
    expect(await namesAt(known, id, 'a.txt')).toEqual([]);
    expect(await commitId(known, id)).toBe(id);
    expect(known.facts.commits.has(tree)).toBe(false);
  });

  it('names a folder as git lists it', async () => {
    const repo = tempRepo({ 'p/b.md': '', 'p/B.md': '', 'p/a/x.md': '', 'p/a.md': '', 'p/ü.md': '' });
    const id = gitIn(repo, 'rev-parse', 'HEAD');
    const asked = { worktree: repo, env: gitEnv() };
    const known = { ...asked, facts: new GitFacts() };
    await readAhead(known, [{ id, path: 'p' }]);
    expect(await namesAt(known, id, 'p')).toEqual(await namesAt(asked, id, 'p'));
    expect(await namesAt(asked, id, 'p')).toEqual(['B.md', 'a.md', 'a', 'b.md', 'ü.md']);
  });

  it('says nothing of a commit that comes later', async () => {
    const repo = tempRepo(files);
    const elsewhere = tempRepo({ 'later.txt': 'later\n' });
    const id = gitIn(elsewhere, 'rev-parse', 'HEAD');
    const place = { worktree: repo, env: gitEnv(), facts: new GitFacts() };
    await readAhead(place, [{ id, path: 'later.txt' }]);
    expect(await commitId(place, id)).toBeUndefined();
    gitIn(repo, 'fetch', '-q', elsewhere, 'main');
    expect(await fileAt(place, id, 'later.txt')).toBe('later\n');
    expect(await commitId(place, id)).toBe(id);
  });

  it('is nothing for a name whose meaning moves, and nothing outside a repository', async () => {
    const repo = tempRepo(files);
    const place = { worktree: repo, env: gitEnv(), facts: new GitFacts() };
    await readAhead(place, [{ id: 'HEAD', path: 'a.txt' }]);
    expect(place.facts.objects.size).toBe(0);
    const outside = { worktree: tempDir(), env: gitEnv(), facts: new GitFacts() };
    await readAhead(outside, [{ id: gitIn(repo, 'rev-parse', 'HEAD'), path: 'a.txt' }]);
    expect(outside.facts.objects.size).toBe(0);
  });
});
