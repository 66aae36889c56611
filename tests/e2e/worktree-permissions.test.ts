import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitIn } from '../support/temp.ts';
import { needsClient, resultsOf } from './support/client.ts';
import { agent, bash, type Turn, write } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { shopWithTickets, workOn } from './support/shop.ts';

// Worktrees lie in the user's own folder. `-p` in default mode refuses whatever a terminal would ask for: a denial here is a
// dialog there.
let sandbox: Sandbox;
let id: string;
let worktree: string;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
  [id = ''] = await shopWithTickets(sandbox, [workOn('bonus')]);
  worktree = '';
});
afterEach(() => sandbox.remove());

const inside = (file: string) => path.join(worktree, file);
const read = (file_path: string) => ({ name: 'Read', input: { file_path } });

/** The leader starts the ticket in a worktree, then an agent of that ticket plays its turns. */
async function withAgent(turns: () => readonly Turn[], mode = 'default'): Promise<Played> {
  const prompt = `[backlog ticket=${id} gate=implement agent=implementer]\nwork there`;
  const late: Turn[] = [];
  const played = await playSession(sandbox, {
    prompt: 'go',
    pluginDir: repositoryRoot,
    args: ['--permission-mode', mode],
    story: {
      main: [
        { does: [bash(`backlog ticket start ${id} --worktree --json`)] },
        {
          sees: 'project_root',
          does: ({ incoming }) => {
            worktree = /"project_root": ?"([^"]+)"/.exec(incoming)?.[1] ?? '';
            late.push(...turns());
            return [agent('backlog-toolkit:implementer', prompt)];
          },
        },
        { says: 'done' },
      ],
      agents: [{ prompt: 'work there', turns: late }],
    },
  });
  expect(played.problems).toEqual([]);
  return played;
}

const refused = ({ run }: Played) =>
  resultsOf(run).flatMap((each) =>
    each.permission_denials.map((denial) => {
      const { tool_name: tool, tool_input: input } = Object(denial);
      return `${tool} ${input.command ?? input.file_path}`;
    }),
  );

describe.each(['default', 'acceptEdits'])('an agent in the worktree of its ticket, mode %s', (mode) => {
  it('reads, edits, writes and looks around without a dialog', async () => {
    const played = await withAgent(
      () => [
        { does: [bash(`cd ${worktree} && ls src`)] },
        { sees: 'basket.js', does: [read(inside('src/basket.js'))] },
        {
          sees: 'total',
          does: [
            {
              name: 'Edit',
              input: {
                file_path: inside('src/basket.js'),
                old_string: 'total',
                new_string: 'total' + 'Of',
              },
            },
          ],
        },
        { seesNo: 'error', does: [write(inside('src/bonus.js'), 'export {};\n')] },
        {
          seesNo: 'error',
          does: [bash(`cd ${worktree} && git status --short && backlog gate status ${id}`)],
        },
        { sees: 'src/bonus.js', says: 'looked' },
      ],
      mode,
    );
    expect(refused(played)).toEqual([]);
    expect(readFileSync(inside('src/basket.js'), 'utf8')).toContain('totalOf');
    expect(existsSync(inside('src/bonus.js'))).toBe(true);
    expect(gitIn(sandbox.project, 'status', '--porcelain', 'src')).toBe('');
  });
});

it('gets nothing else allowed by that', async () => {
  const outside = path.join(sandbox.home, 'notes.md');
  writeFileSync(outside, 'secret\n');
  const played = await withAgent(() => [
    { does: [read(inside('src/basket.js'))] },
    { sees: 'total', does: [read(outside)] },
    { seesNo: 'secret', does: [write(outside, 'x')] },
    { does: [write(path.join(sandbox.project, 'src/bonus.js'), 'x')] },
    { sees: 'worktree of', does: [bash(`cd ${worktree} && touch src/new.js`)] },
    { does: [bash(`cd ${sandbox.home} && ls`)] },
    { does: [write(inside('.claude/settings.json'), '{}')] },
    { does: [write(path.join(worktree, '..', 'other', 'a.js'), 'x')] },
    { says: 'understood' },
  ]);
  expect(readFileSync(outside, 'utf8')).toBe('secret\n');
  expect(existsSync(inside('src/new.js'))).toBe(false);
  expect(existsSync(inside('.claude/settings.json'))).toBe(false);
  expect(existsSync(path.join(sandbox.project, 'src/bonus.js'))).toBe(false);
  expect(existsSync(path.join(worktree, '..', 'other'))).toBe(false);
  expect(refused(played).length).toBeGreaterThanOrEqual(5);
});
