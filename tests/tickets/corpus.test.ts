import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { BacklogError } from '../../src/platform/errors.ts';
import { writeFileAtomic } from '../../src/platform/files.ts';
import { editFrontMatter, readTicketFile } from '../../src/tickets/file.ts';
import { readFields } from '../../src/tickets/front-matter.ts';
import { frontMatterBlock } from '../../src/tickets/front-matter-block.ts';
import { readSimpleFields } from '../../src/tickets/front-matter-fast.ts';
import type { Ticket } from '../../src/tickets/ticket.ts';
import { corpusFiles, corpusFolder } from '../support/corpus.ts';
import { tempDir } from '../support/temp.ts';

const folder = corpusFolder();
const files = folder === undefined ? [] : corpusFiles(folder);
function readAll(): { read: Ticket[]; refused: BacklogError[] } {
  const read: Ticket[] = [];
  const refused: BacklogError[] = [];
  for (const file of files)
    try {
      read.push(readTicketFile(readFileSync(file), file));
    } catch (error) {
      if (!(error instanceof BacklogError)) throw error;
      refused.push(error);
    }
  return { read, refused };
}

describe('the corpus of real ticket files', () => {
  beforeEach(({ skip }) =>
    skip(
      folder === undefined,
      'the corpus is not here: shared/corpora/backlogmd above the checkout, or BACKLOG_CORPUS',
    ),
  );

  it('every file is read, or reported with file and line', () => {
    const { read, refused } = readAll();
    expect(files).toHaveLength(682);
    expect(read.length + refused.length).toBe(files.length);
    expect(refused.filter(({ code }) => code === 'ticket-yaml')).toHaveLength(21);
    expect(new Set(refused.map(({ code }) => code))).toEqual(
      new Set(['ticket-yaml', 'ticket-frontmatter-missing']),
    );
    for (const { file = '', line = 0, message, fix } of refused) {
      expect(files).toContain(file);
      expect(line).toBeGreaterThan(0);
      expect(message.startsWith(`${file}:${line}: `)).toBe(true);
      expect(fix).not.toBe('');
    }
  });

  it('the line of a refused file is the one that is wrong', () => {
    for (const { file = '', line = 0, code } of readAll().refused.filter(
      (one) => one.code === 'ticket-yaml',
    )) {
      const wrong = readFileSync(file, 'utf8').split('\n')[line - 1] ?? '';
      expect(`${code} ${path.basename(file)}: ${wrong}`).toMatch(/@|: .*: |`|"/);
    }
  });

  it('every file survives a write byte for byte', () => {
    const place = path.join(tempDir(), 'copy.md');
    for (const ticket of readAll().read) {
      writeFileAtomic(place, ticket.text);
      expect(readFileSync(place).equals(readFileSync(ticket.file))).toBe(true);
    }
  });

  it('one field edited changes exactly one line', () => {
    for (const ticket of readAll().read) {
      const key = 'status' in ticket.fields ? 'status' : 'title';
      const edited = editFrontMatter(ticket.text, { [key]: 'Something: else # now' }, ticket.file);
      const before = ticket.text.split('\n');
      const after = edited.split('\n');
      expect(after).toHaveLength(before.length);
      expect(after.filter((line, index) => line !== before[index])).toHaveLength(1);
      expect(readTicketFile(edited, ticket.file).fields[key]).toBe('Something: else # now');
    }
  });

  it('any one-line field, list or scalar, can be set with one line changed', () => {
    for (const ticket of readAll().read)
      for (const [key, value] of Object.entries(ticket.fields)) {
        const lines = ticket.text.split('\n');
        const at = lines.findIndex((line) => line.startsWith(`${key}:`));
        const next = lines[at + 1] ?? '';
        if (at < 0 || next.startsWith(' ') || next.startsWith('-') !== next.startsWith('---')) continue;
        const edited = editFrontMatter(ticket.text, { [key]: Array.isArray(value) ? ['x', 'y'] : 'x' });
        const after = edited.split('\n');
        expect(after).toHaveLength(lines.length);
        expect(after.flatMap((line, index) => (line === lines[index] ? [] : [index]))).toEqual([at]);
      }
  });

  it('the quick reader says what the library says, or leaves the file to it', () => {
    let quick = 0;
    for (const ticket of readAll().read) {
      const block = frontMatterBlock(ticket.text, ticket.file);
      const simple = readSimpleFields(block.yaml);
      if (simple === undefined) continue;
      quick += 1;
      const full = readFields(ticket.text, block, ticket.file);
      expect(JSON.stringify(simple)).toBe(JSON.stringify(full));
    }
    expect(quick).toBeGreaterThan(500);
  });
});
