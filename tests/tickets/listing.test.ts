import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProjectPaths } from '../../src/project/paths.ts';
import type { Listing } from '../../src/tickets/backlog.ts';
import { indexFile, readIndex } from '../../src/tickets/index-file.ts';
import { type ListingOptions, listTickets } from '../../src/tickets/listing.ts';
import { openBacklog } from '../../src/tickets/store.ts';
import { backlog, repositoryRoot } from '../support/cli.ts';
import { config, pending, project, text } from './support.ts';

/** An index from the first file on, on a file system that tells the times of any two changes apart. */
const eager = { worthWriting: 1, grain: 0 };

/** Everything that a list may show. */
function shown({ tickets, broken }: Listing): string {
  const rows = tickets.map((one) => [
    ...[one.id, one.prefix, one.title, one.status, one.priority, one.tags, one.dependsOn],
    ...[one.otherBlockers, one.splitInto, one.file, one.folder],
  ]);
  return JSON.stringify({ rows, broken }, undefined, 1);
}

/** The list by way of the index, and how many files it read. */
async function list(paths: ProjectPaths, options: ListingOptions = eager) {
  let read = 0;
  const reading = () => () => {
    read += 1;
  };
  const listing = await listTickets(paths, config, { ...options, reading });
  return { shown: shown(listing), read };
}

function many(count: number): Record<string, string> {
  const files = Array.from({ length: count }, (_, index) => {
    const id = `FEAT-${String(index + 1).padStart(3, '0')}`;
    return [pending(`${id}-a.md`), text(id)] as const;
  });
  return Object.fromEntries(files);
}

const isFile = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;

/** Later than every time that a file has by now. */
const tick = () => sleep(15);

describe('the index', () => {
  it('spares reading files that are as they were', async () => {
    const paths = project(many(5));
    await tick();
    expect(await list(paths)).toMatchObject({ read: 5 });
    expect(await list(paths)).toEqual({ shown: shown(openBacklog(paths, config)), read: 0 });
  });

  it('is not kept for a handful of tickets', async () => {
    const paths = project(many(5));
    await list(paths, {});
    expect(existsSync(indexFile(paths.opsDir))).toBe(false);
  });

  it('does not believe a file that was changed as late as it was read', async () => {
    const paths = project(many(5));
    await list(paths, { worthWriting: 1 });
    expect(await list(paths, { worthWriting: 1 })).toMatchObject({ read: 5 });
  });

  it('sees a change that leaves size and modification time as they were', async () => {
    const paths = project(many(5));
    await tick();
    await list(paths);
    const file = path.join(paths.mainRoot, pending('FEAT-003-a.md'));
    const { atime, mtime } = statSync(file);
    writeFileSync(file, readFileSync(file, 'utf8').replace('Title of', 'Other of'));
    utimesSync(file, atime, mtime);
    const { shown: now, read } = await list(paths);
    expect([now.includes('Other of FEAT-003'), read]).toEqual([true, 1]);
  });

  it('is not believed by another version of the program, or in another place', async () => {
    const paths = project(many(5));
    await tick();
    await list(paths);
    expect(readIndex(indexFile(paths.opsDir), 'another')).toBeUndefined();
  });

  // Index, unindexed reading and any order of edits: what is shown is the same, byte for byte.
  it('gives what the files give, whatever is done to them', async () => {
    const paths = project(many(4));
    const folder = path.join(paths.mainRoot, 'backlog/data/pending');
    const name = fc.constantFrom(1, 2, 3, 4, 5, 6).map((number) => `FEAT-00${number}-a.md`);
    const content = fc.oneof(
      fc
        .record({
          id: fc.constantFrom('FEAT-001', 'FEAT-002', 'BUG-7', ''),
          status: fc.constantFrom('pending', 'split', 'completed', 'odd'),
          more: fc.constantFrom(
            'split_into: [FEAT-001, 3]',
            'tags: [a, "b c"]',
            'title: "\\ud800 \\u00e9"',
            'blockers: waits for rain, BUG-7',
            'depends_on: &a [FEAT-002, *b]',
            'x: |\n  text',
          ),
        })
        .map(
          ({ id, status, more }) =>
            `---\nid: ${id}\nstatus: ${status}\n${more}\n---\n\n## Dependencies\n\n| FEAT-009 |\n`,
        ),
      fc.constantFrom('', 'no ticket', '---js\n1\n---\n', '---\nid: FEAT-001\n'),
    );
    const inFolder = (one: string) => path.join(folder, one);
    const step = fc.oneof(
      fc.tuple(name, content).map(([to, what]) => () => {
        if (!isFile(inFolder(to))) rmSync(inFolder(to), { force: true });
        writeFileSync(inFolder(to), what);
      }),
      fc.tuple(name, content).map(([to, what]) => () => {
        // As an editor saves: a new file in place of the old one.
        writeFileSync(inFolder('.new'), what);
        renameSync(inFolder('.new'), inFolder(to));
      }),
      fc.tuple(name, name).map(([from, to]) => () => {
        if (isFile(inFolder(from))) renameSync(inFolder(from), inFolder(to));
      }),
      name.map((one) => () => rmSync(inFolder(one), { force: true })),
      fc.tuple(name, name).map(([from, to]) => () => {
        rmSync(inFolder(to), { force: true });
        symlinkSync(from, inFolder(to));
      }),
      name.map((one) => () => {
        // The classic trap: same size, same modification time.
        if (!isFile(inFolder(one))) return;
        const { atime, mtime } = statSync(inFolder(one));
        const now = readFileSync(inFolder(one), 'utf8');
        writeFileSync(
          inFolder(one),
          now.replace(/pending|waiting/, (word) => (word === 'pending' ? 'waiting' : 'pending')),
        );
        utimesSync(inFolder(one), atime, mtime);
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        async (rounds) => {
          for (const steps of rounds) {
            for (const act of steps) act();
            expect((await list(paths)).shown).toBe(shown(openBacklog(paths, config)));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('an index that cannot be used', () => {
  it('is left alone where any byte of it is another', async () => {
    const paths = project(many(4));
    await tick();
    await list(paths);
    const whole = readFileSync(indexFile(paths.opsDir));
    const expected = shown(openBacklog(paths, config));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
        const harmed = Buffer.from(cut ? whole.subarray(0, at) : whole);
        if (!cut) harmed[at] = byte;
        writeFileSync(indexFile(paths.opsDir), harmed);
        expect((await list(paths)).shown).toBe(expected);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['its folder is a file', (file: string) => writeFileSync(path.dirname(file), '')],
    ['it is a folder', (file: string) => mkdirSync(path.join(file, 'x'), { recursive: true })],
    [
      'it is a link to nowhere',
      (file: string) => {
        mkdirSync(path.dirname(file), { recursive: true });
        symlinkSync('nowhere', file);
      },
    ],
  ])('is done without when %s', async (_name, make) => {
    const paths = project({ ...many(4), '.backlog-ops/x': '' });
    make(indexFile(paths.opsDir));
    await tick();
    for (let time = 0; time < 2; time += 1)
      expect((await list(paths)).shown).toBe(shown(openBacklog(paths, config)));
    const folder = path.dirname(indexFile(paths.opsDir));
    const left = statSync(folder).isDirectory() ? readdirSync(folder) : [];
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('may be written by several processes, killed at any moment', async () => {
    const paths = project(many(60));
    await sleep(2200);
    const main = path.join(repositoryRoot, 'dist/main.cjs');
    const env = { PATH: process.env.PATH, HOME: path.join(paths.mainRoot, 'home') };
    const killed = Array.from({ length: 6 }, async (_, index) => {
      const child = spawn(process.execPath, [main, 'ticket', 'list'], {
        cwd: paths.mainRoot,
        env,
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.on('close', resolve));
      await sleep(150 + index * 60);
      child.kill('SIGKILL');
      await ended;
    });
    await Promise.all(killed);
    const lists = await Promise.all(
      [1, 2, 3].map(() => backlog(['ticket', 'list', '--json'], { cwd: paths.mainRoot })),
    );
    rmSync(path.dirname(indexFile(paths.opsDir)), { recursive: true, force: true });
    const cold = await backlog(['ticket', 'list', '--json'], { cwd: paths.mainRoot });
    const warm = await backlog(['ticket', 'list', '--json'], { cwd: paths.mainRoot });
    expect(existsSync(indexFile(paths.opsDir))).toBe(true);
    for (const { stdout, exitCode } of [...lists, warm]) expect([exitCode, stdout]).toEqual([0, cold.stdout]);
    expect(readdirSync(path.dirname(indexFile(paths.opsDir)))).toEqual(['config.json', 'tickets.json']);
  });
});
