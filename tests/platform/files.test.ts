import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import {
  appendLine,
  isInside,
  readBytesIfExists,
  readTextIfExists,
  realPlace,
  writeFileAtomic,
} from '../../src/platform/files.ts';
import { LineLog } from '../../src/platform/line-log.ts';
import { tempDir } from '../support/temp.ts';

it('reads what is there, and undefined where nothing is, also below a file', () => {
  const folder = tempDir();
  writeFileSync(path.join(folder, 'a'), 'ä');
  expect(readTextIfExists(path.join(folder, 'a'))).toBe('ä');
  expect(readBytesIfExists(path.join(folder, 'a'))).toEqual(Buffer.from('ä'));
  expect(readTextIfExists(path.join(folder, 'b'))).toBeUndefined();
  expect(readTextIfExists(path.join(folder, 'a', 'b'))).toBeUndefined();
});

it('names the file that cannot be read', () => {
  const folder = tempDir();
  expect(() => readTextIfExists(folder)).toThrow(
    expect.objectContaining({ code: 'file-read-failed', exitCode: 3, file: folder }),
  );
});

it('writes a file whole, folders included, and leaves nothing else behind', () => {
  const folder = tempDir();
  const file = path.join(folder, 'a/b/c.txt');
  writeFileAtomic(file, 'one');
  writeFileAtomic(file, new Uint8Array([0, 255]));
  expect(readFileSync(file)).toEqual(Buffer.from([0, 255]));
  expect(readdirSync(path.dirname(file))).toEqual(['c.txt']);
});

it.each([
  [0o664, 0o664],
  [0o755, 0o755],
  [0o600, 0o600],
])('keeps the permission bits %o of a file that it replaces, whatever the mask', (mode, expected) => {
  const file = path.join(tempDir(), 'run.sh');
  writeFileSync(file, 'old');
  chmodSync(file, mode);
  writeFileAtomic(file, 'new');
  expect(statSync(file).mode & 0o777).toBe(expected);
});

it('makes private files and folders when asked', () => {
  const file = path.join(tempDir(), 'home', 'secret');
  writeFileAtomic(file, 'x', { mode: 0o600, dirMode: 0o700 });
  appendLine(path.join(path.dirname(file), 'log'), 'x', { mode: 0o600 });
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(path.dirname(file), 'log')).mode & 0o777).toBe(0o600);
});

it('replaces a symbolic link and never writes to where it leads', () => {
  const folder = tempDir();
  writeFileSync(path.join(folder, 'target'), 'theirs');
  symlinkSync('target', path.join(folder, 'link'));
  writeFileAtomic(path.join(folder, 'link'), 'ours');
  expect(readFileSync(path.join(folder, 'target'), 'utf8')).toBe('theirs');
  expect(lstatSync(path.join(folder, 'link')).isFile()).toBe(true);
});

it.skipIf(process.platform === 'win32')('appends no line to a named pipe, where it would be lost', () => {
  const file = path.join(tempDir(), 'log');
  execFileSync('mkfifo', [file]);
  expect(() => appendLine(file, 'x')).toThrow(`cannot write ${file}: it is not a regular file`);
  expect(() => new LineLog(file).append('x\n')).toThrow('is not a regular file');
});

it('appends no line through a symbolic link', () => {
  const folder = tempDir();
  writeFileSync(path.join(folder, 'bashrc'), 'theirs\n');
  symlinkSync('bashrc', path.join(folder, 'log'));
  expect(() => appendLine(path.join(folder, 'log'), 'x')).toThrow(
    expect.objectContaining({ code: 'file-write-failed', exitCode: 4 }),
  );
  expect(readFileSync(path.join(folder, 'bashrc'), 'utf8')).toBe('theirs\n');
});

it('says why a file cannot be written, changes nothing and leaves no temporary file', () => {
  const folder = tempDir();
  mkdirSync(path.join(folder, 'taken'));
  writeFileSync(path.join(folder, 'taken', 'file'), '');
  expect(() => writeFileAtomic(path.join(folder, 'taken'), 'x')).toThrow(
    expect.objectContaining({ code: 'file-write-failed', message: expect.stringContaining('taken') }),
  );
  expect(readdirSync(folder)).toEqual(['taken']);
});

it.each([
  ['', 'a\n'],
  ['one\n', 'one\na\n'],
  ['torn', 'torn\na\n'],
  ['crlf\r\n', 'crlf\r\na\n'],
])('appends to %j', (before, after) => {
  const file = path.join(tempDir(), 'log');
  if (before !== '') writeFileSync(file, before);
  appendLine(file, 'a');
  expect(readFileSync(file, 'utf8')).toBe(after);
});

it.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a', '/ab', false],
  ['/a', '/', false],
  ['/a', '/a/../b', false],
  ['/a', '/a/..b', true],
])('%s holds %s: %s', (parent, child, inside) => expect(isInside(parent, child)).toBe(inside));

it('knows where a file would really be, when only a part of its path is there', () => {
  const folder = tempDir();
  mkdirSync(path.join(folder, 'real'));
  symlinkSync('real', path.join(folder, 'link'));
  expect(realPlace(path.join(folder, 'link/new/file'))).toBe(
    path.join(realpathSync(folder), 'real/new/file'),
  );
  expect(existsSync(path.join(folder, 'real/new'))).toBe(false);
});

it('a file where a folder has to be is named as what stands in the way', () => {
  const folder = tempDir();
  writeFileSync(path.join(folder, 'file'), '');
  expect(() => writeFileAtomic(path.join(folder, 'file', 'below'), 'x')).toThrow(
    expect.objectContaining({ code: 'file-write-failed' }),
  );
});
