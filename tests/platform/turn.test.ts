import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { afterTurn, currentTurn, endOfTurn } from '../../src/platform/turn.ts';
import { WatchedFiles } from '../../src/platform/watched.ts';
import { tempDir } from '../support/temp.ts';

it('the end of a turn comes behind all of its input, for all who wait at one time', async () => {
  const seen: string[] = [];
  const waits = async (name: string) => {
    await endOfTurn();
    seen.push(`${name} begins`);
    await undefined;
    seen.push(`${name} goes on`);
  };
  const [a, b] = [waits('a'), waits('b')];
  process.nextTick(() => seen.push('input'));
  await Promise.all([a, b]);
  expect(seen).toEqual(['input', 'a begins', 'b begins', 'a goes on', 'b goes on']);
});

it('what is asked for at the end of a turn is done behind all who waited, and before the next input', async () => {
  await nextTurn();
  const seen: string[] = [];
  const waits = async (name: string) => {
    await endOfTurn();
    afterTurn(() => seen.push(`behind ${name}`));
    await undefined;
    seen.push(name);
  };
  const all = Promise.all([waits('a'), waits('b')]);
  afterTurn(() => seen.push('behind the input'));
  await all;
  setImmediate(() => seen.push('next turn'));
  await nextTurn();
  expect(seen).toEqual(['a', 'b', 'behind a', 'behind b', 'behind the input', 'next turn']);
});

it('the end of a turn is a turn of its own, the same for all who waited', async () => {
  const during = currentTurn();
  const waits = async () => {
    await endOfTurn();
    const first = currentTurn();
    await undefined;
    return [first, currentTurn()];
  };
  const [a = [], b = []] = await Promise.all([waits(), waits()]);
  expect(new Set([...a, ...b]).size).toBe(1);
  expect(a[0]).not.toBe(during);
  await nextTurn();
  expect(currentTurn()).not.toBe(a[0]);
});

it('what was looked up at the end of a turn is looked up again for the input that comes next', async () => {
  const file = path.join(tempDir(), 'watched.txt');
  const files = new WatchedFiles(() => ({}));
  const server = net.createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  await endOfTurn();
  const before = files.get(file);
  // The file is there before its reader's input is.
  const input = new Promise<object>((resolve) => {
    server.once('connection', (socket) => {
      socket.destroy();
      resolve(files.get(file));
    });
  });
  net.connect(address.port, '127.0.0.1').on('error', () => {});
  writeFileSync(file, 'made');
  expect(await input).not.toBe(before);
});
