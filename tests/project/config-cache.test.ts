import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/project/config.ts';
import { knownConfig } from '../../src/project/config-cache.ts';
import { type ProjectPaths, requireProject } from '../../src/project/paths.ts';

let root: string;
let paths: ProjectPaths;
let cache: string;
const text = '{ "version": "1.0", "project": { "name": "known" }, "profile": "strict" }\n';

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'config-cache-'));
  writeFileSync(path.join(root, 'backlog.config.json'), text);
  mkdirSync(path.join(root, '.backlog-ops'));
  paths = requireProject(root);
  cache = path.join(paths.opsDir, 'cache/config.json');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = () => knownConfig(paths, root);
/** What is cached, with another name in it, and its digest as it was. */
const forge = () => writeFileSync(cache, readFileSync(cache, 'utf8').replace('"known"', '"forged"'));

test('it gives what reading gives, the first time and from the cache', async () => {
  const { config, warnings } = loadConfig(paths, root);
  expect(await read()).toStrictEqual({ config, warnings });
  expect(existsSync(cache)).toBe(true);
  expect(await read()).toStrictEqual({ config, warnings });
});

test('a changed file is read again', async () => {
  await read();
  writeFileSync(paths.configFile, text.replace('known', 'other'));
  expect((await read()).config.project.name).toBe('other');
});

test('a cache that was changed, torn or replaced is not believed', async () => {
  await read();
  for (const spoil of [
    forge,
    () => writeFileSync(cache, readFileSync(cache, 'utf8').slice(0, 200)),
    () => writeFileSync(cache, ''),
    () => writeFileSync(cache, '\n{}'),
    () => {
      rmSync(cache);
      mkdirSync(cache);
    },
  ]) {
    spoil();
    expect((await read()).config.project.name).toBe('known');
    rmSync(cache, { recursive: true, force: true });
    await read();
  }
});

test('what is wrong with the file is said although it was right before', async () => {
  await read();
  writeFileSync(paths.configFile, '{ "version": "1.0" ');
  await expect(read()).rejects.toMatchObject({ code: 'config-invalid' });
});

test('a folder that has become a link out of the project is refused although the text is known', async () => {
  const { config } = await read();
  const data = path.join(root, config.backlog.dataDir);
  mkdirSync(path.dirname(data), { recursive: true });
  const outside = mkdtempSync(path.join(tmpdir(), 'outside-'));
  if (existsSync(data)) renameSync(data, `${data}-old`);
  symlinkSync(outside, data);
  await expect(read()).rejects.toMatchObject({ code: 'config-invalid' });
  rmSync(outside, { recursive: true });
});

test('a project without our folder stays without', async () => {
  rmSync(paths.opsDir, { recursive: true });
  await read();
  expect(existsSync(paths.opsDir)).toBe(false);
});
