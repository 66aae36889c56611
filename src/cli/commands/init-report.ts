import path from 'node:path';
import { CONFIG_FILE } from '../../project/paths.ts';
import { isBacklogMd, type PlannedFile, type ScaffoldPlan } from '../../project/scaffold.ts';
import type { ScaffoldCommit } from '../../project/scaffold-commit.ts';

/** What a person should know beside the list of files. */
export function notesOn(
  plan: ScaffoldPlan,
  configured: boolean,
  missing: readonly { readonly key: string; readonly tool: string }[],
): string[] {
  const kept = plan.files.filter(({ action, differs }) => action === 'keep' && differs);
  return [
    ...kept.map(({ file }) => `${shown(plan, file)} was there and stays as it is`),
    ...(configured
      ? [`${CONFIG_FILE} was there and stays as it is; name, stack, prefixes and folders are its own`]
      : []),
    ...(plan.project.gateCommands.testCommand === undefined
      ? [
          `no test command is known: set qualityGates.testCommand in ${CONFIG_FILE}; tickets that ask for tests wait for it`,
        ]
      : []),
    ...missing.map(
      ({ key, tool }) =>
        `qualityGates.${key} runs ${tool}, which was not found here: install it, or change the command`,
    ),
    ...(isBacklogMd(plan.root) ? ['backlog/ is also used by Backlog.md; its files were not touched'] : []),
  ];
}

/** The tree with what happened, or would happen, to each file, and the next thing to type. */
export function report(
  plan: ScaffoldPlan,
  done: {
    readonly dryRun: boolean;
    readonly committed: ScaffoldCommit | undefined;
    readonly next: string;
  },
): string {
  const { dryRun, committed, next } = done;
  const { name, stack } = plan.project;
  const head = dryRun
    ? `would write into ${plan.root} (nothing was written):`
    : `set up ${name} (${stack}) in ${plan.root}:`;
  return [
    head,
    ...tree(plan),
    ...Object.entries(plan.project.gateCommands).map(([key, command]) => `${key}: ${command}`),
    ...(committed?.commit ? [`committed as ${committed.commit.slice(0, 10)}`] : []),
    ...(committed && !committed.commit ? ['nothing was left to commit'] : []),
    ...(dryRun ? [] : [`next: ${next}`]),
  ].join('\n');
}

/** What to type when the project is set up. */
export function nextCommand({ project: { prefixes } }: ScaffoldPlan): string {
  return `backlog ticket new --type ${prefixes.includes('FEAT') ? 'FEAT' : prefixes[0]} --title "…"`;
}

/** Relative to the project's root, with forward slashes. */
export function shown(plan: ScaffoldPlan, file: string): string {
  return path.relative(plan.root, file).split(path.sep).join('/');
}

const words: Readonly<Record<PlannedFile['action'], string>> = {
  create: 'new',
  append: 'lines added',
  keep: 'kept',
};

function tree(plan: ScaffoldPlan): string[] {
  const files = plan.files
    .map(({ file, action }) => ({ parts: shown(plan, file).split('/'), action }))
    .sort((a, b) => a.parts.join('/').localeCompare(b.parts.join('/')));
  const width = Math.max(...files.map(({ parts }) => 2 * parts.length + (parts.at(-1)?.length ?? 0)));
  let before: string[] = [];
  return files.flatMap(({ parts, action }) => {
    const folders = parts.slice(0, -1);
    const shared = folders.findIndex((folder, depth) => before[depth] !== folder);
    before = folders;
    const opened = shared < 0 ? [] : folders.slice(shared);
    return [
      ...opened.map((folder, index) => `${'  '.repeat(shared + index + 1)}${folder}/`),
      `${`${'  '.repeat(parts.length)}${parts.at(-1)}`.padEnd(width)}  ${words[action]}`,
    ];
  });
}
