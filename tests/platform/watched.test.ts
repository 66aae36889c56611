import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WatchedFiles } from '../../src/platform/watched.ts';
import { tempDir } from '../support/temp.ts';

function watching() {
  const file = path.join(tempDir(), 'watched.txt');
  let reads = 0;
  const files = new WatchedFiles(() => {
    reads += 1;
    return reads;
  });
  return { file, files };
}

it('reads a file again in the turn after it has changed, was made or was removed', async () => {
  const { file, files } = watching();
  expect(files.get(file)).toBe(1);
  writeFileSync(file, 'made');
  await nextTurn();
  expect(files.get(file)).toBe(2);
  writeFileSync(file, 'changed');
  await nextTurn();
  expect(files.get(file)).toBe(3);
  await nextTurn();
  expect(files.get(file)).toBe(3);
  rmSync(file);
  await nextTurn();
  expect(files.get(file)).toBe(4);
});

it('looks at a file once in a turn, and again when told that this process has changed it', () => {
  const { file, files } = watching();
  expect(files.get(file)).toBe(1);
  writeFileSync(file, 'made');
  expect(files.get(file)).toBe(1);
  files.forget(file);
  expect(files.get(file)).toBe(2);
});
