import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anchoredPattern, withIgnored } from '../../src/project/ignore-file.ts';
import { gitIn, tempRepo, writeFiles } from '../support/temp.ts';

it.each([
  ['', '# c\n.backlog-ops/\n'],
  ['a\n', 'a\n# c\n.backlog-ops/\n'],
  ['a', 'a\n# c\n.backlog-ops/\n'],
  ['a\r\nb\r\n', 'a\r\nb\r\n# c\r\n.backlog-ops/\r\n'],
  ['a\r\nb', 'a\r\nb\r\n# c\r\n.backlog-ops/\r\n'],
  ['/.backlog-ops\n', '/.backlog-ops\n'],
  [' .backlog-ops \r\n', ' .backlog-ops \r\n'],
  ['# .backlog-ops/\n', '# .backlog-ops/\n# c\n.backlog-ops/\n'],
])('%j becomes %j', (before, after) => expect(withIgnored(before, ['.backlog-ops/'], 'c')).toBe(after));

it('keeps every byte that was there, and adds nothing the second time', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '/', '#', '\n', '\r\n', ' ', '.backlog-ops') }),
      (before) => {
        const once = withIgnored(before, ['.backlog-ops/', '/x y'], 'c');
        expect(once.startsWith(before)).toBe(true);
        expect(withIgnored(once, ['.backlog-ops/', '/x y'], 'c')).toBe(once);
      },
    ),
  );
});

it.each(['plain', 'with space', 'sta*r', '[brackets]', '#hash', '!bang', 'quest?', 'back\\slash'])(
  'git takes the pattern of %j for that file only',
  (name) => {
    const repo = tempRepo();
    writeFiles(repo, { [name]: '', [`sub/${name}`]: '', staar: '', b: '', questx: '' });
    writeFileSync(
      path.join(repo, '.git/info/exclude'),
      withIgnored('', [anchoredPattern(name, 'file')], 'c'),
    );
    const ignored = gitIn(
      repo,
      '-c',
      'core.quotePath=false',
      'ls-files',
      '-z',
      '-o',
      '-i',
      '--exclude-standard',
    );
    expect(ignored.split('\0').filter(Boolean)).toEqual([name]);
  },
);
