import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import type { ApiRequest } from './support/api-request.ts';
import { needsClient, resultsOf } from './support/client.ts';
import { bashWith, promptFrom } from './support/prompts.ts';
import { agent, bash, type Story, type Turn, write } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { byHand, documentOf, shopWithTickets, workOn } from './support/shop.ts';

const work = workOn('bonus');

let sandbox: Sandbox;
let id: string;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
  [id = ''] = await shopWithTickets(sandbox, [work]);
});
afterEach(() => sandbox.remove());

/** Nothing but our hook stands in the way: this user has allowed everything. */
async function playFree(story: Story, prompt = 'go'): Promise<Played> {
  const played = await playSession(sandbox, {
    prompt,
    story,
    pluginDir: repositoryRoot,
    args: ['--permission-mode', 'bypassPermissions'],
    env: { IS_SANDBOX: '1' },
  });
  expect(played.problems).toEqual([]);
  return played;
}

/** Each commit of the repository, whoever makes it, leaves this file behind. */
function markCommits(): string {
  const hook = path.join(sandbox.project, '.git/hooks/post-commit');
  const marker = path.join(sandbox.root, 'committed');
  writeFileSync(hook, `#!/bin/sh\ntouch '${marker}'\n`);
  chmodSync(hook, 0o755);
  return marker;
}

describe('a session that holds a ticket', () => {
  it.each([
    ['git commit --no-verify -am "done"'],
    ['git commit -am "done"'],
    ['/usr/bin/git commit -am "done"'],
    ['cd . && git commit -am "done"'],
    ['sh -c "git commit -am done"'],
    ['env X=1 git -c core.editor=true commit -am "done"'],
  ])('cannot run %s', async (command) => {
    const marker = markCommits();
    writeFiles(sandbox.project, { 'src/basket.js': '// changed\n' });
    gitIn(sandbox.project, 'stash', '-q');
    const { run } = await playFree({
      main: [
        { does: [bash(`backlog ticket start ${id}`)] },
        { seesNo: 'error:', does: [bash('git stash pop')] },
        { sees: 'src/basket.js', does: [bash(command)] },
        { sees: 'backlog commit', says: 'understood' },
      ],
    });
    expect(existsSync(marker)).toBe(false);
    expect(gitIn(sandbox.project, 'log', '--format=%s', '-1')).toBe('chore: set up the backlog');
    expect(resultsOf(run).flatMap((each) => each.permission_denials)).toHaveLength(1);
  });

  it('cannot write its own evidence, nor move its ticket to completed/ by hand', async () => {
    const pending = path.join(sandbox.project, 'backlog/data/pending');
    const completed = path.join(sandbox.project, 'backlog/data/completed');
    const evidence = path.join(sandbox.project, `.backlog-ops/evidence/${id}.jsonl`);
    const { run } = await playFree({
      main: [
        { does: [bash(`backlog ticket start ${id}`)] },
        { seesNo: 'error:', does: [bash(`echo '{}' >> '${evidence}'`)] },
        { sees: 'backlog gate run', does: [write(evidence, '{}\n')] },
        { sees: 'backlog gate run', does: [bash(`mv '${pending}/'${id}-*.md '${completed}/'`)] },
        { sees: 'backlog ticket complete', does: [write(`${completed}/${id}-done.md`, 'done\n')] },
        { sees: 'backlog ticket complete', says: 'understood' },
      ],
    });
    expect(resultsOf(run).flatMap((each) => each.permission_denials)).toHaveLength(4);
    expect(existsSync(evidence) && readFileSync(evidence, 'utf8').includes('{}')).toBe(false);
    expect(await documentOf(sandbox, ['ticket', 'list'])).toMatchObject({ items: [{ id }] });
  });

  it('may search for "git commit", and write about it', async () => {
    await playFree({
      main: [
        { does: [bash(`backlog ticket start ${id}`)] },
        { seesNo: 'error:', does: [bash('git log --grep "git commit" && echo searched')] },
        { sees: 'searched', does: [bash('echo "run git commit --no-verify" && echo written')] },
        { sees: 'written', says: 'fine' },
      ],
    });
  });
});

describe('a session that holds nothing', () => {
  it('commits unrelated work as ever', async () => {
    const marker = markCommits();
    await playFree({
      main: [
        { does: [bash('git commit --allow-empty -m "docs: something else"')] },
        { sees: 'docs: something else', says: 'done' },
      ],
    });
    expect(existsSync(marker)).toBe(true);
  });
});

describe('a review', () => {
  const verdict = JSON.stringify({ verdict: 'approved', findings: [] });
  const submit = (requestId: string, more = '') =>
    bashWith(`backlog review submit --request ${requestId} ${more} --from -`, verdict);
  const requestIn = ({ incoming }: ApiRequest) => /"request_id": ?"([^"]+)"/.exec(incoming)?.[1] ?? 'none';

  /** The ticket is implemented and linted by an agent, which asks for the review too; then the turns of whoever tries. */
  async function play(tries: { readonly main?: readonly Turn[]; readonly implementer: readonly Turn[] }) {
    const slots = {
      ID: id,
      GATE: 'implement',
      PROJECT_ROOT: sandbox.project,
      DISCIPLINES: 'none',
      PLAN: work.plan,
      CODE_RULES_FILE: 'none',
      GATE_OUTPUT: 'nothing yet',
    };
    await playFree({
      main: [
        { does: [bash(`backlog ticket start ${id}`)] },
        { seesNo: 'error:', does: [bashWith(`backlog gate run plan --ticket ${id} --from -`, work.plan)] },
        { seesNo: 'error:', does: [agent('backlog-toolkit:implementer', promptFrom('implementer', slots))] },
        ...(tries.main ?? [{ sees: 'refused', says: 'understood' }]),
        // The turn does not end unnoticed while a gate is open: it is sent back, once.
        { sees: `The gate review of ${id} is open`, says: 'a reviewer has to' },
      ],
      agents: [
        {
          prompt: `[backlog ticket=${id} gate=implement agent=implementer]`,
          turns: [
            { does: [write(`${sandbox.project}/${work.testFile}`, work.test)] },
            { does: [write(`${sandbox.project}/${work.codeFile}`, work.code)] },
            { does: [bash(`backlog gate run implement --ticket ${id}`)] },
            { seesNo: 'error:', does: [bash(`backlog gate run lint --ticket ${id}`)] },
            ...tries.implementer,
          ],
        },
      ],
    });
    const status = await byHand(sandbox, ['gate', 'status', id, '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ gate: 'lint', holds: true }),
        expect.objectContaining({ gate: 'review', holds: false }),
      ]),
    });
  }

  it('is refused from the agent that implemented', () =>
    play({
      implementer: [
        { seesNo: 'error:', does: [bash(`backlog review request ${id} --json`)] },
        { sees: 'request_id', does: (request) => [submit(requestIn(request))] },
        { sees: 'error:', says: 'refused' },
      ],
    }));

  it.each([
    ['by itself', ''],
    ['with an agent id that it made up', '--agent a0123456789abcdef'],
  ])('is refused from the main thread %s', (_title, more) =>
    play({
      implementer: [{ seesNo: 'error:', says: 'written' }],
      main: [
        { sees: 'written', does: [bash(`backlog review request ${id} --json`)] },
        { sees: 'request_id', does: (request) => [submit(requestIn(request), more)] },
        { sees: 'error:', says: 'understood' },
      ],
    }),
  );
});
