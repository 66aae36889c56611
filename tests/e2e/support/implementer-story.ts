import { bashWith, promptFrom } from './prompts.ts';
import { agent, bash, type Story, skill, type Turn, write } from './scenario.ts';
import type { Work } from './shop.ts';

/** What the story needs of one run: where it happens, and for which ticket. */
interface Place {
  readonly project: string;
  readonly id: string;
}

const approved = { verdict: 'approved', findings: [] };

/** The implementer skill, step by step as its text says, with each subagent's part. `{ID}` is known before it begins. */
export function implementerStory(work: Work, { project, id }: Place): Story {
  let requestId = '';
  let packageFile = '';
  const slots = (gate: string) => ({
    ID: id,
    GATE: gate,
    PROJECT_ROOT: project,
    DISCIPLINES: 'none',
    PLAN: work.plan,
    CODE_RULES_FILE: '.claude/code-rules.md',
    GATE_OUTPUT: 'nothing yet',
  });
  const context = (gate: string, by: string) =>
    bash(`backlog context set ${id} ${gate} ${by} backlog-implementer`);

  const main: Turn[] = [
    {
      sees: 'Load the skill `backlog-toolkit:backlog-implementer`',
      does: [skill('backlog-toolkit:backlog-implementer', id)],
    },
    { sees: 'Take tickets to their commits', does: [bash('backlog --json')] },
    { sees: /"hooks_active": ?true/, does: [bash(`backlog ticket start ${id} --json`)] },
    { sees: /"project_root": ?"/, does: [bash(`backlog ticket show ${id}`)] },
    { sees: work.testFile, does: [bash(`backlog gate status ${id} --json`)] },
    { sees: /"required": ?true/, does: [context('plan', 'implementer')] },
    {
      seesNo: 'error:',
      does: [bashWith(`backlog gate run plan --ticket ${id} --from - --json`, work.plan)],
    },
    { sees: /"gate": ?"plan"/, seesNo: 'error:', does: [context('implement', 'implementer')] },
    {
      seesNo: 'error:',
      does: [
        agent('backlog-toolkit:implementer', promptFrom('implementer', slots('implement')), {
          model: 'sonnet',
        }),
      ],
    },
    { sees: 'three tests added', does: [bash(`backlog gate run implement --ticket ${id} --json`)] },
    { seesNo: 'error:', does: [context('lint', 'implementer')] },
    { seesNo: 'error:', does: [bash(`backlog gate run lint --ticket ${id} --json`)] },
    { seesNo: 'error:', does: [context('review', 'reviewer')] },
    { seesNo: 'error:', does: [bash(`backlog review request ${id} --json`)] },
    {
      sees: /"request_id": ?"/,
      does: ({ incoming }) => {
        requestId = /"reviewers".*?"request_id": ?"([^"]+)"/s.exec(incoming)?.[1] ?? 'none';
        const file = /"file": ?"([^"]+)"/.exec(incoming)?.[1] ?? 'none';
        packageFile = file;
        const slots = { ID: id, PROJECT_ROOT: project, REQUEST_ID: requestId, FILE: file, FOCUS: 'all' };
        const prompt = promptFrom('reviewer', slots);
        return [agent('backlog-toolkit:reviewer', prompt, { model: 'opus' })];
      },
    },
    { sees: 'approved, no findings', does: [bash(`backlog gate status ${id} --json`)] },
    { seesNo: 'error:', does: [context('commit', 'implementer')] },
    {
      seesNo: 'error:',
      does: [
        bash(`backlog commit --ticket ${id} --type feat --area shop --summary "say it before they pay"`),
      ],
    },
    { seesNo: 'error:', does: [bash(`backlog ticket complete ${id}`)] },
    { seesNo: 'error:', does: [bash('backlog context clear')] },
    { seesNo: 'error:', says: `${id} is done` },
  ];

  return {
    main,
    agents: [
      {
        prompt: `[backlog ticket=${id} gate=implement agent=implementer]`,
        turns: [
          { does: [bash(`backlog ticket show ${id}`)] },
          { sees: work.codeFile, does: [write(`${project}/${work.testFile}`, work.test)] },
          { does: [write(`${project}/${work.codeFile}`, work.code)] },
          { says: `${work.codeFile} and ${work.testFile}: three tests added, nothing open` },
        ],
      },
      {
        prompt: `[backlog ticket=${id} gate=review agent=reviewer]`,
        turns: [
          { does: () => [{ name: 'Read', input: { file_path: packageFile } }] },
          {
            sees: work.codeFile,
            does: () => [
              bashWith(`backlog review submit --request ${requestId} --from -`, JSON.stringify(approved)),
            ],
          },
          { seesNo: 'error:', says: 'approved, no findings' },
        ],
      },
    ],
  };
}

/** Ticket, gate and agent of each answer of the story, in the order in which the requests are made. */
export function placesOfStory(id: string): string[] {
  const at = (gate: string, by: string, count: number) => Array<string>(count).fill(`${id} ${gate} ${by}`);
  return [
    ...Array<string>(6).fill('- - -'),
    ...at('plan', 'implementer', 2),
    ...at('implement', 'implementer', 1),
    ...at('implement', 'implementer', 4),
    ...at('implement', 'implementer', 2),
    ...at('lint', 'implementer', 2),
    ...at('review', 'reviewer', 2),
    ...at('review', 'reviewer', 3),
    ...at('review', 'reviewer', 2),
    ...at('commit', 'implementer', 3),
    '- - -',
  ];
}
