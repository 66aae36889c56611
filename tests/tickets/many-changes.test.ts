import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import type { Onlookers } from '../../src/platform/watch.ts';
import type { ProjectPaths } from '../../src/project/paths.ts';
import { changeTickets, replacing, settleChanges } from '../../src/tickets/store.ts';
import { backlogBin, repositoryRoot } from '../support/cli.ts';
import { gitEnv, tempDir } from '../support/temp.ts';
import { config, pending, project, text } from './support.ts';

/** Every file in the folders of tickets, hidden ones too, with its text. */
function all({ mainRoot }: Pick<ProjectPaths, 'mainRoot'>): Record<string, string> {
  const folder = path.join(mainRoot, 'backlog/data/pending');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
}

function fileOf({ mainRoot }: ProjectPaths, name: string): string {
  return path.join(mainRoot, pending(name));
}

/** Edits FEAT-001, renames FEAT-002, deletes FEAT-003 and makes FEAT-005 to FEAT-040. */
function change(paths: ProjectPaths, onlookers: Onlookers): Promise<void> {
  return changeTickets(
    paths,
    config,
    { what: 'a test', clock: systemClock, ...onlookers },
    async (backlog) => {
      const [one, two, three] = backlog.tickets;
      if (one === undefined || two === undefined || three === undefined) throw new Error('three tickets');
      const made = Array.from({ length: 36 }, (_, at) => `FEAT-${String(at + 5).padStart(3, '0')}`);
      const changes = [
        ...replacing(one, one.file, `${one.text}more\n`),
        ...replacing(two, fileOf(paths, 'FEAT-004-b.md'), text('FEAT-004')),
        { file: three.file, before: three.text, after: null },
        ...made.map((id) => ({ file: fileOf(paths, `${id}-x.md`), before: null, after: text(id) })),
      ];
      return { changes, result: undefined };
    },
  );
}

const three = {
  [pending('FEAT-001-a.md')]: text('FEAT-001'),
  [pending('FEAT-002-b.md')]: text('FEAT-002'),
  [pending('FEAT-003-c.md')]: text('FEAT-003'),
};

/** Does something while the texts are being written, before any of them has taken its place. */
function meanwhile(act: () => void): Onlookers {
  let written = -1;
  const begin = (label: string): void => {
    if (label === 'writing tickets') written = 0;
  };
  const advance = (): void => {
    if (written >= 0) written += 1;
    if (written === 20) act();
  };
  return { watch: { begin, advance } };
}

describe('while a large change is written', () => {
  it('nobody has interfered: all of it is done', async () => {
    const paths = project(three);
    await change(paths, {});
    const now = all(paths);
    expect(Object.keys(now)).toHaveLength(38);
    expect(now['FEAT-001-a.md']).toBe(`${text('FEAT-001')}more\n`);
    expect(now['FEAT-004-b.md']).toBe(text('FEAT-004'));
    expect(now).not.toHaveProperty('FEAT-002-b.md');
    expect(now).not.toHaveProperty('FEAT-003-c.md');
  });

  it.each([
    ['saves a ticket that is edited', 'FEAT-001-a.md', 'ticket-changed-meanwhile'],
    ['saves a ticket that is renamed', 'FEAT-002-b.md', 'ticket-changed-meanwhile'],
    ['saves a ticket that is deleted', 'FEAT-003-c.md', 'ticket-changed-meanwhile'],
    ['makes the file that another is renamed to', 'FEAT-004-b.md', 'ticket-file-exists'],
    ['makes a file that is to be made', 'FEAT-030-x.md', 'ticket-file-exists'],
  ])('somebody %s: theirs stays, and nothing else is changed', async (_name, name, code) => {
    const paths = project(three);
    const before = all(paths);
    const theirs = `${text('FEAT-777')}theirs\n`;
    const done = change(
      paths,
      meanwhile(() => writeFileSync(fileOf(paths, name), theirs)),
    );
    await expect(done).rejects.toMatchObject({ code });
    expect(all(paths)).toEqual({ ...before, [name]: theirs });
    expect(readdirSync(path.join(paths.opsDir, 'changes'))).toEqual([]);
  });

  it('Ctrl-C leaves everything as it was', async () => {
    const paths = project(three);
    const before = all(paths);
    const interruption = new AbortController();
    const { watch } = meanwhile(() => interruption.abort(new Error('interrupted')));
    const done = change(paths, { watch, signal: interruption.signal });
    await expect(done).rejects.toThrow('interrupted');
    expect(all(paths)).toEqual(before);
    expect(readdirSync(path.join(paths.opsDir, 'changes'))).toEqual([]);
  });
});

describe('when a change can neither be finished nor taken back', () => {
  it('says which files are not as they were, and the next command takes them back once it can', async () => {
    const paths = project(three);
    const before = all(paths);
    const theirs = fileOf(paths, 'FEAT-030-x.md');
    let steps = 0;
    // When a ticket has been deleted, somebody puts a folder in its place, and makes a file that was still to come.
    const advance = (): void => {
      steps += 1;
      if (steps !== 3 + 38 + 1) return;
      mkdirSync(fileOf(paths, 'FEAT-003-c.md'));
      writeFileSync(theirs, 'theirs');
    };
    const done = change(paths, { watch: { begin: () => {}, advance } });
    const applying = path.join(paths.opsDir, 'changes/applying.json');
    await expect(done).rejects.toMatchObject({
      code: 'ticket-change-half-done',
      exitCode: 4,
      message: expect.stringMatching(
        /FEAT-030-x\.md is there already[\s\S]*taking it back failed: EISDIR[\s\S]* of its files are not as before:\n/,
      ),
      fix: expect.stringContaining(
        `backlog ticket validate\`: it takes the rest back first, from ${applying}`,
      ),
    });
    await expect(done).rejects.toThrow(fileOf(paths, 'FEAT-003-c.md'));
    await expect(done).rejects.not.toThrow('nothing was changed');
    rmdirSync(fileOf(paths, 'FEAT-003-c.md'));
    rmSync(theirs);
    await settleChanges(paths, config);
    expect(all(paths)).toEqual(before);
  });
});

it('what was killed and does not fit on the disk is named, and taken back when there is room', (context) => {
  const disk = path.join(tempDir(), 'disk');
  mkdirSync(disk);
  const lines = Array.from({ length: 100 }, (_, at) => JSON.stringify({ id: `FEAT-${at}`, title: 'x' }));
  const from = project({ 'issues.jsonl': lines.join('\n') }).mainRoot;
  const killer = path.join(repositoryRoot, 'tests/gates/support/kill-at.cjs');
  const script = `mount -t tmpfs -o size=2m tmpfs "$1" || exit 99
    cp -R "$2"/. "$1" && cd "$1"; export NODE_OPTIONS="--require=$4"
    "$3" ticket import --from beads issues.jsonl > log; BACKLOG_TEST_CALLS_FILE=calls "$3" undo > log
    "$3" ticket import --from beads issues.jsonl > log
    cat backlog/data/pending/* | cksum > before
    BACKLOG_TEST_KILL_AT=$(($(cat calls) - 50)) "$3" undo; echo "[$?]"
    cat /dev/zero > filler 2> log; truncate -s -24K filler; "$3" ticket validate; echo "[$?]"; rm filler
    "$3" ticket list > list; cat backlog/data/pending/* | cksum | cmp - before && echo same; ls .backlog-ops/changes`;
  const { status, stdout, stderr } = spawnSync(
    '/usr/bin/unshare',
    ['-rm', 'sh', '-c', script, 'sh', disk, from, backlogBin, killer],
    { encoding: 'utf8', env: gitEnv() },
  );
  if (status === 99) return context.skip(`no small file system can be mounted here: ${stderr}`);
  expect(stdout, stderr).toBe('[137]\n[4]\nsame\n00000001.json\n');
  expect(stderr).toMatch(/taking it back failed: ENOSPC/);
  expect(stderr).toMatch(/\d+ of its files are not as before:\n {2}\S+\.md is gone\n/);
  expect(stderr).toMatch(/fix: free some disk space, then `\S*backlog ticket validate`/);
  expect(stderr).not.toContain('nothing was changed');
});

it('an import that does not fit on the disk changes nothing, and is done when there is room', (context) => {
  const disk = path.join(tempDir(), 'disk');
  mkdirSync(disk);
  const lines = Array.from({ length: 300 }, (_, at) => JSON.stringify({ id: `FEAT-${at}`, title: 'x' }));
  const from = project({ ...three, 'issues.jsonl': lines.join('\n') }).mainRoot;
  // A file system of its own, in a namespace that only the program sees.
  const script = `mount -t tmpfs -o size=600k tmpfs "$1" || exit 99
    cp -R "$2"/. "$1" && cd "$1" && find backlog | sort > /dev/shm/before-$$
    "$3" ticket import --from beads issues.jsonl; echo "[$?]"
    find backlog | sort | cmp - /dev/shm/before-$$ && echo same; rm /dev/shm/before-$$; ls .backlog-ops/changes
    mount -o remount,size=8m "$1" && "$3" ticket import --from beads issues.jsonl | tail -1`;
  const { status, stdout, stderr } = spawnSync(
    '/usr/bin/unshare',
    ['-rm', 'sh', '-c', script, 'sh', disk, from, backlogBin],
    { encoding: 'utf8', env: gitEnv() },
  );
  if (status !== 0) return context.skip(`no small file system can be mounted here: ${stderr}`);
  expect(stderr).toMatch(
    /ENOSPC[\s\S]*fix: free some disk space and run the command again; nothing was changed/,
  );
  expect(stdout).toBe('[4]\nsame\n300 found: 300 imported, 0 there already, 0 not readable, 0 no tickets\n');
  expect(existsSync(path.join(from, '.backlog-ops'))).toBe(false);
});
