import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { reviewRisks, riskChecklist } from '../../src/gates/review-risks.ts';
import { riskGroups } from '../../src/gates/risk-groups.ts';
import { startWork } from '../../src/gates/start.ts';
import { nameOfFile, parseDiff } from '../../src/gates/unified-diff.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitIn, tempDir, tempRepo, writeFiles } from '../support/temp.ts';
import { id } from './support/journey.ts';
import { callIn, project } from './support/project.ts';

const hunk = (...lines: readonly string[]): string =>
  [
    'diff --git a/src/a.ts b/src/a.ts',
    '--- a/src/a.ts',
    '+++ b/src/a.ts',
    '@@ -1,9 +1,9 @@',
    ...lines,
    '',
  ].join('\n');
const groupsOf = (line: string) => reviewRisks(hunk(line)).detected;

describe('the groups of a line', () => {
  it.each([
    ['auth', 'const user = jwt.verify(token);'],
    ['auth', 'await bcrypt.hash(word, 10);'],
    ['auth', 'session.user = user;'],
    ['auth', 'req.session["user"] = 1;'],
    ['auth', 'headers.Authorization = request.token;'],
    ['auth', 'use(OAuth2Strategy);'],
    ['auth', 'user_password = form.password'],
    ['auth', 'const newPassword = read();'],
    ['db_schema', 'ALTER TABLE users ADD COLUMN age int;'],
    ['db_schema', 'alter table users drop column age;'],
    ['db_schema', 'db.users.createIndex({ name: 1 });'],
    ['db_schema', "import './migrations/3.js';"],
    ['db_schema', 'schema.methods = {};'],
    ['db_schema', 'op.add_column("users", age)'],
    ['serialization', 'const value = JSON.parse(text);'],
    ['serialization', "Buffer.from(text, 'base64');"],
    ['serialization', 'name.encode("utf-8")'],
    ['serialization', 'json.loads(text)'],
    ['error_handling', 'await Promise.allSettled(all);'],
    ['error_handling', 'run().catch(() => {});'],
    ['error_handling', 'retry(3, run);'],
    ['external_api', 'await fetch(url);'],
    ['external_api', 'requests.get(url)'],
    ['external_api', 'axios.post(url);'],
    ['external_api', 'http.request(options);'],
    ['external_api', 'await got(url);'],
    ['concurrency', "import { Worker } from 'node:worker_threads';"],
    ['concurrency', 'await Promise.race([a, b]);'],
    ['concurrency', 'const dbMutex = new Mutex();'],
    ['concurrency', 'semaphore.acquire()'],
  ])('%s: %s, added or removed', (group, line) => {
    expect(groupsOf(`+${line}`)).toEqual([group]);
    expect(groupsOf(`-${line}`)).toEqual([group]);
    expect(groupsOf(` ${line}`)).toEqual([]);
  });

  it.each([
    'prefetch(url);',
    'const obsession.x = 1',
    'the immigration office',
    'lexer.tokens.push(1);',
    'forgot(name);',
    'this.got(x);',
    'decoded.encoder(x)',
    'alternate tables',
    'compassword',
    'noretry(1)',
    'if (schema.type === 1) {}',
  ])('none: %s', (line) => {
    expect(groupsOf(`+${line}`)).toEqual([]);
  });

  it('are looked for to the end of a long line', () => {
    expect(groupsOf(`+/* ${'x'.repeat(50_000)} */ fetch(url);`)).toEqual(['external_api']);
  });
});

describe('a difference', () => {
  it('has headers that are no lines, and lines that look like headers', () => {
    const diff = [
      '--- a/jwt.session.sql',
      '+++ b/jwt.session.sql',
      '@@ -1,2 +1,1 @@',
      '-select 1;',
      '--- DROP TABLE users',
      '+++ jwt.sign()',
      '',
    ].join('\n');
    expect(reviewRisks(diff)).toEqual({
      detected: ['auth', 'db_schema'],
      found: [
        {
          group: 'db_schema',
          file: 'jwt.session.sql',
          line: 2,
          side: 'removed',
          text: '-- DROP TABLE users',
        },
        { group: 'auth', file: 'jwt.session.sql', line: 1, side: 'added', text: '++ jwt.sign()' },
      ],
    });
    expect(reviewRisks('--- a/jwt.js\n+++ b/session.js\n')).toEqual({ detected: [], found: [] });
  });

  it.each<[string, string, ReturnType<typeof parseDiff>]>([
    ['nothing', '', []],
    [
      'only signs',
      '+added\n-removed\n text',
      [
        {
          from: null,
          to: null,
          lines: [
            { kind: 'added', line: 0, text: 'added' },
            { kind: 'removed', line: 0, text: 'removed' },
          ],
        },
      ],
    ],
    [
      'counts that are too large, and a second file without git’s line',
      '--- a/one\n+++ b/one\n@@ -1,50 +1,50 @@\n+1\n--- a/two\n+++ /dev/null\n@@ -3 +0,0 @@\n-2\n',
      [
        { from: 'one', to: 'one', lines: [{ kind: 'added', line: 1, text: '1' }] },
        { from: 'two', to: null, lines: [{ kind: 'removed', line: 3, text: '2' }] },
      ],
    ],
    [
      'counts that are too small',
      '--- a/one\n+++ b/one\n@@ -1 +1 @@\n+1\n+2\r\n',
      [
        {
          from: 'one',
          to: 'one',
          lines: [
            { kind: 'added', line: 1, text: '1' },
            { kind: 'added', line: 2, text: '2' },
          ],
        },
      ],
    ],
  ])('is read with %s', (_what, text, files) => {
    expect(parseDiff(text)).toEqual(files);
  });

  it('of git has the names and line numbers that git has, whatever the names are', () => {
    const root = tempRepo({
      'a b.txt': 'one\ntwo\nthree\n',
      'ä "q".txt': '1\n',
      'gone.txt': 'x\n',
      'run.sh': 'x\n',
    });
    writeFiles(root, {
      'a b.txt': 'one\n2\nthree\nfour',
      'ä "q".txt': '2\n',
      'new.txt': '+++ x\n',
      'b.bin': 'a\0b',
    });
    gitIn(root, 'rm', '-q', 'gone.txt');
    gitIn(root, 'add', '-A');
    gitIn(root, 'update-index', '--chmod=+x', 'run.sh');
    const files = parseDiff(gitIn(root, 'diff', '--cached'));
    expect(files.map((file) => [nameOfFile(file), file.from === null, file.to === null])).toEqual([
      ['a b.txt', false, false],
      ['b.bin', false, false],
      ['gone.txt', false, true],
      ['new.txt', true, false],
      ['run.sh', false, false],
      ['ä "q".txt', false, false],
    ]);
    expect(files[0]?.lines).toEqual([
      { kind: 'context', line: 1, text: 'one' },
      { kind: 'removed', line: 2, text: 'two' },
      { kind: 'added', line: 2, text: '2' },
      { kind: 'context', line: 3, text: 'three' },
      { kind: 'added', line: 4, text: 'four' },
    ]);
    expect(files[3]?.lines).toEqual([{ kind: 'added', line: 1, text: '+++ x' }]);
  });
});

describe('the checklist', () => {
  it('has six points and a paragraph for each group, and nothing for a change without risk', () => {
    expect(riskChecklist([])).toEqual([]);
    const all = riskChecklist(riskGroups);
    expect(all).toHaveLength(12);
    for (const group of riskGroups) expect(all.filter((one) => one.startsWith(`${group}:`))).toHaveLength(1);
  });
});

describe('review risks', () => {
  const diff = hunk('-requests.get(url)', '+create index on users');
  const answer = {
    detected: ['db_schema', 'external_api'],
    requires_high_risk_review: true,
    found: [
      { group: 'external_api', file: 'src/a.ts', line: 1, side: 'removed', text: 'requests.get(url)' },
      { group: 'db_schema', file: 'src/a.ts', line: 1, side: 'added', text: 'create index on users' },
    ],
  };

  it('reads stdin or a file, outside a project too', async () => {
    const cwd = tempDir();
    writeFiles(cwd, { 'a.diff': diff });
    for (const run of [
      await backlog(['review', 'risks', '--json'], { cwd, input: diff }),
      await backlog(['review', 'risks', '--json', '--diff', path.join(cwd, 'a.diff')], { cwd }),
    ]) {
      expect(run.exitCode).toBe(0);
      expect(jsonOf(run)).toEqual({ schemaVersion: 1, ...answer });
    }
    const none = await backlog(['review', 'risks', '--json'], { cwd, input: '' });
    expect(jsonOf(none)).toEqual({
      schemaVersion: 1,
      detected: [],
      requires_high_risk_review: false,
      found: [],
    });
    expect((await backlog(['review', 'risks', '--diff', 'no.diff'], { cwd })).exitCode).toBe(2);
  });

  it('reads the change of a ticket from git', async () => {
    const root = project();
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
    writeFiles(root, { 'src/basket.js': 'fetch(1);\n', 'src/new.js': 'new Mutex();\n' });
    const run = await backlog(['review', 'risks', '--ticket', id], { cwd: root });
    expect(run.stdout).toBe(
      'high-risk review: external_api, concurrency\n' +
        '  external_api   src/basket.js:1 + fetch(1);\n' +
        '  concurrency    src/new.js:1 + new Mutex();\n',
    );
  });
});
