import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasWritten } from '../../src/gates/writers.ts';
import { readTextIfExists } from '../../src/platform/files.ts';
import { writeFiles } from '../support/temp.ts';
import { claimText, hook, type Wave, wave } from './support/hook.ts';

const agent = 'a0123456789abcdef';

const edit = (at: Wave, tool_name: string, tool_input: object, more: object = { agent_id: agent }) =>
  hook('PreToolUse', { cwd: at.root, tool_name, tool_use_id: 't', tool_input, ...more }, at.env);
const write = (at: Wave, file_path: string, more?: object) =>
  edit(at, 'Write', { file_path, content: 'x' }, more);
const wrote = (at: Wave, id: string) => hasWritten(path.join(at.root, '.backlog-ops'), id, agent);

describe('an agent that nothing has bound to a ticket', () => {
  it.each<[string, (file: string) => object]>([
    ['Write', (file_path) => ({ file_path, content: 'x' })],
    ['Edit', (file_path) => ({ file_path, old_string: '1', new_string: '2' })],
    ['MultiEdit', (file_path) => ({ file_path, edits: [{ old_string: '1', new_string: '2' }] })],
    ['NotebookEdit', (file) => ({ notebook_path: `${file}.ipynb`, new_source: '2' })],
  ])('is noted as a writer of the ticket in whose worktree it works, by %s', async (tool, input) => {
    const at = wave();
    await edit(at, tool, input(path.join(at.worktree('FEAT-001'), 'src/a.js')));
    expect([wrote(at, 'FEAT-001'), wrote(at, 'FEAT-002')]).toEqual([true, false]);
  });

  it('is noted once, with the file that it began with', async () => {
    const at = wave();
    for (const name of ['src/a.js', 'src/b.js']) await write(at, path.join(at.worktree('FEAT-001'), name));
    const lines = readTextIfExists(path.join(at.root, '.backlog-ops/writers/FEAT-001.jsonl'));
    expect(
      lines
        ?.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ agent_id: agent, file: path.join(at.worktree('FEAT-001'), 'src/a.js') }]);
  });

  it('is noted also when another session holds the ticket', async () => {
    const at = wave(['FEAT-001']);
    const claim = claimText('FEAT-001', at.root, { session_id: 'another-session' });
    writeFiles(at.root, { '.backlog-ops/claims/FEAT-001.json': claim });
    await edit(at, 'Write', { file_path: 'src/a.js', content: 'x' }, { agent_id: agent, session_id: 'mine' });
    expect(wrote(at, 'FEAT-001')).toBe(true);
  });

  it.each<[string, (at: Wave) => string, object?]>([
    ['a file elsewhere', () => '/tmp/backlog-notes.md'],
    ['what it may not write', (at) => path.join(at.root, 'src/a.js')],
    ['a ticket', (at) => path.join(at.worktree('FEAT-001'), 'backlog/data/pending/FEAT-001-a.md')],
    ['what the main thread writes', (at) => path.join(at.worktree('FEAT-001'), 'src/a.js'), {}],
  ])('is not noted for %s', async (_what, file, more) => {
    const at = wave();
    await write(at, file(at), more);
    expect([wrote(at, 'FEAT-001'), wrote(at, 'FEAT-002')]).toEqual([false, false]);
  });
});
