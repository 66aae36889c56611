import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import zlib from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { Journal, unsavedFile } from '../../src/gateway/journal.ts';
import { newRecord } from '../../src/ledger/append.ts';
import { tempDir } from '../support/temp.ts';
import { answered, ask, json, linesOf, message, openedGateway, until, upstream } from './support.ts';

const good = () =>
  upstream((_request, response) => {
    response.writeHead(200, json);
    response.end(answered());
  });

/** Ways in which a ledger cannot be written, and how each is mended. @returns why it cannot be tried here */
const obstacles: readonly [string, (ledger: string) => string | undefined, (ledger: string) => void][] = [
  [
    'a folder in its place',
    (ledger) => void mkdirSync(ledger, { recursive: true }),
    (ledger) => rmSync(ledger, { recursive: true }),
  ],
  [
    'a file in place of its folder',
    (ledger) => void writeFileSync(path.dirname(ledger), ''),
    (ledger) => rmSync(path.dirname(ledger)),
  ],
  [
    'a read-only folder',
    (ledger) => {
      mkdirSync(path.dirname(ledger));
      chmodSync(path.dirname(ledger), 0o500);
      return process.getuid?.() === 0 ? 'nothing is read-only for root' : undefined;
    },
    (ledger) => chmodSync(path.dirname(ledger), 0o700),
  ],
  [
    'a full disk',
    (ledger) => {
      mkdirSync(path.dirname(ledger));
      try {
        // Same device as /dev/full: each write of it says that there is no space.
        execFileSync('mknod', [ledger, 'c', '1', '7'], { stdio: 'ignore' });
        writeFileSync(ledger, '');
      } catch {
        return 'this user may make no device';
      }
      return undefined;
    },
    (ledger) => rmSync(ledger),
  ],
  [
    'a real disk that is full',
    (ledger) => {
      if (!mounted(path.dirname(ledger), 'size=64k')) return 'this user may mount nothing';
      fill(path.join(path.dirname(ledger), 'filler'));
      return undefined;
    },
    (ledger) => rmSync(path.join(path.dirname(ledger), 'filler')),
  ],
  [
    'a real disk that becomes read-only',
    (ledger) =>
      mounted(path.dirname(ledger), 'size=1m') && mounted(path.dirname(ledger), 'remount,ro')
        ? undefined
        : 'this user may mount nothing',
    (ledger) => void mounted(path.dirname(ledger), 'remount,rw'),
  ],
];

/** A small file system of its own in memory, until the test ends. @returns whether this user may */
function mounted(folder: string, options: string): boolean {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return false;
  }
  if (!options.startsWith('remount'))
    onTestFinished(() => void execFileSync('umount', ['-l', folder], { stdio: 'ignore' }));
  return true;
}

/** Writes until the disk takes no byte more. */
function fill(file: string): void {
  for (const bytes of [4096, 1])
    try {
      for (;;) appendFileSync(file, Buffer.alloc(bytes));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
}

it.for(obstacles)(
  '%s: requests pass, records are kept, said and written later',
  async ([, block, mend], { skip }) => {
    const { url } = await good();
    const opened = await openedGateway({ upstream: url });
    const impossible = block(opened.ledger);
    if (impossible !== undefined) skip(impossible);
    for (let index = 0; index < 5; index += 1)
      expect((await ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() })).status).toBe(
        200,
      );
    const { ledger } = opened.gateway.health();
    expect(ledger.waiting).toBe(5);
    expect(ledger.last_error).toContain(opened.ledger);
    expect(statSync(unsavedFile(opened.home)).mode & 0o777).toBe(0o600);
    mend(opened.ledger);
    await until('they are written', () => opened.gateway.health().ledger.waiting === 0);
    expect(opened.records()).toHaveLength(5);
    expect(opened.gateway.health().ledger.last_error).toBeNull();
    expect(existsSync(unsavedFile(opened.home))).toBe(false);
    await ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() });
    expect(new Set(opened.records().map(({ id }) => id)).size).toBe(6);
  },
);

it('a disk that fills up in the middle of a line: that record is written again, whole', async ({ skip }) => {
  const { url } = await good();
  const opened = await openedGateway({ upstream: url });
  const once = () => ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() });
  const folder = path.dirname(opened.ledger);
  if (!mounted(folder, 'size=64k')) skip('this user may mount nothing');
  const filler = path.join(folder, 'filler');
  await once();
  fill(filler);
  // The ledger's last block has room for a few lines more, and then for a part of one.
  for (let asked = 1; asked < 12; asked += 1) expect((await once()).status).toBe(200);
  expect(readFileSync(opened.ledger, 'utf8')).not.toMatch(/\n$/);
  expect(opened.gateway.health().ledger.waiting).toBeGreaterThan(0);
  rmSync(filler);
  await until('they are written', () => opened.gateway.health().ledger.waiting === 0);
  const lines = readFileSync(opened.ledger, 'utf8').trimEnd().split('\n');
  const whole = lines.filter((line) => line.endsWith('}'));
  expect(new Set(whole.map((line) => JSON.parse(line).id)).size).toBe(12);
  expect(lines.length - whole.length).toBe(1);
});

it('records that a killed gateway could not write are written by the next one', async () => {
  const home = tempDir();
  const ledger = path.join(tempDir(), 'usage-ledger.jsonl');
  mkdirSync(ledger);
  const killed = new Journal(home);
  const records = Array.from({ length: 3 }, (_, index) =>
    newRecord({ source: 'gateway', id: `id-${index}` }),
  );
  await Promise.all(records.map((record) => killed.write(ledger, record)));
  rmSync(ledger, { recursive: true });
  const next = new Journal(home);
  expect(linesOf(ledger).map(({ id }) => id)).toEqual(['id-0', 'id-1', 'id-2']);
  expect(existsSync(unsavedFile(home))).toBe(false);
  expect(next.close()).toEqual([]);
  killed.close();
});

it('records of one turn are written together, in their order, when the turn ends or the journal closes', async () => {
  const home = tempDir();
  const ledger = path.join(tempDir(), 'usage-ledger.jsonl');
  const journal = new Journal(home);
  const write = (id: string) => journal.write(ledger, newRecord({ source: 'gateway', id }));
  const written = Promise.all(['first', 'second'].map(write));
  expect(existsSync(ledger)).toBe(false);
  await written;
  expect(linesOf(ledger).map(({ id }) => id)).toEqual(['first', 'second']);
  const last = write('third');
  expect(journal.close()).toEqual([]);
  expect(linesOf(ledger).map(({ id }) => id)).toEqual(['first', 'second', 'third']);
  await last;
});

it('a list of kept records that is torn or hostile stops nothing', () => {
  const home = tempDir();
  const ledger = path.join(tempDir(), 'usage-ledger.jsonl');
  mkdirSync(path.join(home, 'gateway'));
  const line = `${JSON.stringify(newRecord({ source: 'gateway', id: 'good' }))}\n`;
  const kept = [
    '{"file":',
    'null',
    '{"file":5,"line":"x"}',
    '{"file":"relative","line":"x"}',
    JSON.stringify({ file: ledger, line }),
  ];
  writeFileSync(unsavedFile(home), kept.join('\n'));
  expect(new Journal(home).close()).toEqual([]);
  expect(linesOf(ledger).map(({ id }) => id)).toEqual(['good']);
  mkdirSync(unsavedFile(home));
  expect(new Journal(home).close()).toEqual([]);
});

it('a ledger that is moved away is begun anew', async () => {
  const { url } = await good();
  const opened = await openedGateway({ upstream: url });
  const once = () => ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() });
  await once();
  rmSync(opened.ledger);
  await once();
  expect(opened.records()).toHaveLength(1);
});

it('who has the last byte of an answer finds its line, also where the usage has to be unpacked first', async () => {
  const body = zlib.gzipSync(answered({ content: 'x'.repeat(2_000_000) }));
  const { url } = await upstream((_request, response) => {
    response.writeHead(200, [...json, 'content-encoding', 'gzip', 'content-length', String(body.length)]);
    response.end(body);
  });
  const opened = await openedGateway({ upstream: url });
  for (let index = 1; index <= 50; index += 1) {
    const lines = await new Promise<number>((resolve, reject) => {
      const call = http.request(
        {
          host: '127.0.0.1',
          port: opened.port,
          method: 'POST',
          path: `${opened.base}/v1/messages`,
          agent: false,
        },
        (answer) => answer.resume().once('end', () => resolve(opened.records().length)),
      );
      call.on('error', reject);
      call.end(message());
    });
    expect(lines).toBe(index);
  }
});

it('a ledger of an earlier month goes aside before the next record is written', async () => {
  const { url } = await good();
  const opened = await openedGateway({ upstream: url });
  mkdirSync(path.dirname(opened.ledger), { recursive: true });
  writeFileSync(opened.ledger, '{"v":1}\n');
  utimesSync(opened.ledger, new Date('2026-01-15'), new Date('2026-01-15'));
  await ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() });
  const names = readdirSync(path.dirname(opened.ledger)).filter((name) => name.endsWith('.jsonl'));
  expect(names.sort()).toEqual(['usage-ledger-2026-01.jsonl', 'usage-ledger.jsonl']);
  expect(readFileSync(opened.ledger, 'utf8').trim().split('\n')).toHaveLength(1);
});

it('a request of an escalated ticket carries the reason; escalations that cannot be read stop no record', async () => {
  const folder = tempDir();
  const ledger = path.join(folder, 'usage-ledger.jsonl');
  const journal = new Journal(tempDir());
  const record = newRecord({
    source: 'gateway',
    ticket_id: 'FEAT-001',
    gate: 'lint',
    model: 'claude-opus-5-5',
  });
  const escalations = path.join(folder, 'escalations.jsonl');
  await journal.write(ledger, record);
  mkdirSync(escalations);
  await journal.write(ledger, record);
  rmSync(escalations, { recursive: true });
  const raised = { at: '2026-01-01T00:00:00.000Z', ticket_id: 'FEAT-001', step: 'implement', to: 'frontier' };
  writeFileSync(
    escalations,
    `{"torn\n${JSON.stringify({ ...raised, model: 'opus', reason: 'lint failed' })}\n`,
  );
  await journal.write(ledger, record);
  expect(linesOf(ledger).map(({ escalation_reason }) => escalation_reason)).toEqual([
    null,
    null,
    'lint failed',
  ]);
  expect(journal.close()).toEqual([]);
});
