import { existsSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { isInside, readTextIfExists, realPlace } from '../platform/files.ts';
import { codeRulesText } from './code-rules.ts';
import { type BacklogConfig, loadConfig, parseConfig } from './config.ts';
import type { GateCommands } from './gate-commands.ts';
import { anchoredPattern, withIgnored } from './ignore-file.ts';
import { type NewConfig, newConfigText } from './new-config.ts';
import { CONFIG_FILE, gitCommonDir, mainRootOf, type ProjectPaths, worktreeRoot } from './paths.ts';
import { templateFilesFor } from './templates.ts';

/** What `.gitignore` of a project gets. */
const IGNORED = ['.backlog-ops/', '.claude/implementer-state.json'];
const COMMENT = 'backlog-toolkit: working files';

/** One file of a plan, as data: nothing is written before the whole plan is known. */
export interface PlannedFile {
  /** Absolute. */
  readonly file: string;
  /** create: new; append: lines are added to it; keep: it is there and stays as it is. */
  readonly action: 'create' | 'append' | 'keep';
  /** What the file will hold; for `keep` what it holds. */
  readonly content: string;
  /** It is there with other content than a new project would get: edited, or of other choices. */
  readonly differs: boolean;
}

export interface ScaffoldPlan {
  readonly root: string;
  /** As the configuration will have it: the one that is there, else the new one. */
  readonly project: {
    readonly name: string;
    readonly stack: string;
    readonly prefixes: readonly string[];
    readonly gateCommands: GateCommands;
  };
  readonly files: readonly PlannedFile[];
}

export interface ScaffoldOptions {
  readonly root: string;
  readonly config: NewConfig;
  /** The folder with our templates. */
  readonly templatesFrom: string;
}

/**
 * What `init` writes into `root`. Files that are there are kept; an existing configuration decides about folders and
 * prefixes.
 * @throws BacklogError `config-invalid`, `path-outside-project`, `not-a-repository` (with `local`), `installation-broken`
 */
export function planScaffold({ root, config, templatesFrom }: ScaffoldOptions): ScaffoldPlan {
  const present = existsSync(path.join(root, CONFIG_FILE)) ? loadConfig(pathsOf(root)) : undefined;
  const { config: effective, text } = present ?? parseConfig(newConfigText(config));
  const { dataDir, templatesDir, ticketPrefixes: prefixes } = effective.backlog;
  const { source: rulesFile } = effective.codeRules;
  const wanted: [name: string, content: string][] = [
    [`${dataDir}/pending/.gitkeep`, ''],
    [`${dataDir}/completed/.gitkeep`, ''],
    ...templateFilesFor(prefixes).map((name): [string, string] => [
      `${templatesDir}/${name}`,
      ourTemplate(templatesFrom, name),
    ]),
    ...(config.codeRules ? [[rulesFile, codeRulesText] satisfies [string, string]] : []),
    [CONFIG_FILE, text],
  ];
  const files = wanted.map(([name, content]) =>
    plannedFile(root, name, content, name === rulesFile ? ', or pass --no-code-rules' : ''),
  );
  const ignore = config.local
    ? excludeFile(root, [dataDir, templatesDir], rulesFile)
    : appended(path.join(root, '.gitignore'), IGNORED);
  const { name, stack } = effective.project;
  return {
    root,
    project: { name, stack, prefixes, gateCommands: commandsOf(effective) },
    files: [...files, ignore],
  };
}

function commandsOf({ qualityGates }: BacklogConfig): GateCommands {
  const { testCommand, lintCommand, typeCheckCommand, buildCommand } = qualityGates;
  const all = { testCommand, lintCommand, typeCheckCommand, buildCommand };
  return Object.fromEntries(Object.entries(all).filter(([, command]) => command !== undefined));
}

/** Whether a `backlog/` of ours is in `root`. Backlog.md keeps its own things in a folder of the same name. */
export function hasBacklog(root: string): boolean {
  const folder = path.join(root, 'backlog');
  if (!existsSync(folder)) return false;
  const ours = existsSync(path.join(folder, 'data'));
  return ours || !isBacklogMd(root);
}

/** Whether `backlog/` is, or is also, one of Backlog.md (https://github.com/MrLesk/Backlog.md). */
export function isBacklogMd(root: string): boolean {
  return ['tasks', 'config.yml', 'config.yaml'].some((name) => existsSync(path.join(root, 'backlog', name)));
}

/** Whether `after` is `before` with nothing but our lines added. */
export function isOurAddition(before: string, after: string): boolean {
  return before !== after && withIgnored(before, IGNORED, COMMENT) === after;
}

/**
 * Tickets and configuration are read in the main worktree, so that is where they are set up.
 * @throws BacklogError `init-in-linked-worktree` (exit 3)
 */
export function refuseLinkedWorktree(root: string): void {
  const main = mainRootOf(root);
  if (main === root) return;
  throw new BacklogError({
    code: 'init-in-linked-worktree',
    message: `${root} is in a linked worktree; tickets and configuration live in the main one, ${main}`,
    fix: `backlog init --cwd ${/^[\w@%+=:,./-]+$/.test(main) ? main : `'${main.replaceAll("'", `'\\''`)}'`}`,
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** @param wayOn what else can be done when the file would lie outside the project */
function plannedFile(root: string, name: string, content: string, wayOn: string): PlannedFile {
  const file = path.join(root, name);
  if (!isInside(realPlace(root), realPlace(file)))
    throw new BacklogError({
      code: 'path-outside-project',
      message: `${name} lies outside the project: a folder on the way is a link to ${path.dirname(realPlace(file))}`,
      fix: `replace the link by a real folder${wayOn}`,
      exitCode: ExitCode.ProjectUnusable,
      file,
    });
  const present = readTextIfExists(file);
  return present === undefined
    ? { file, action: 'create', content, differs: false }
    : { file, action: 'keep', content: present, differs: present !== content };
}

function appended(file: string, patterns: readonly string[]): PlannedFile {
  const present = readTextIfExists(file);
  const content = withIgnored(present ?? '', patterns, COMMENT);
  if (present === content) return { file, action: 'keep', content, differs: false };
  return { file, action: present === undefined ? 'create' : 'append', content, differs: false };
}

/** `.git/info/exclude` of the repository, which all its worktrees share. */
function excludeFile(root: string, folders: readonly string[], rulesFile: string): PlannedFile {
  const worktree = worktreeRoot(root);
  const common = worktree === undefined ? undefined : gitCommonDir(worktree);
  if (worktree === undefined || common === undefined) throw notARepository(root, '--local');
  const below = (name: string): string =>
    path.relative(worktree, path.join(root, name)).split(path.sep).join('/');
  return appended(path.join(common, 'info', 'exclude'), [
    ...[...folders, '.backlog-ops'].map((name) => anchoredPattern(below(name), 'folder')),
    ...[CONFIG_FILE, rulesFile, '.claude/implementer-state.json', '.claude/cost-history.json'].map((name) =>
      anchoredPattern(below(name), 'file'),
    ),
  ]);
}

/** For what needs git where there is none. */
export function notARepository(root: string, what: string): BacklogError {
  return new BacklogError({
    code: 'not-a-repository',
    message: `${what} needs a git repository, and ${root} is in none`,
    fix: `run \`git init\` there first, or leave ${what} out`,
    exitCode: ExitCode.ProjectUnusable,
  });
}

function ourTemplate(folder: string, name: string): string {
  const text = readTextIfExists(path.join(folder, name));
  if (text !== undefined) return text;
  throw new BacklogError({
    code: 'installation-broken',
    message: `${path.join(folder, name)} is missing: backlog-toolkit is not installed completely`,
    fix: 'install backlog-toolkit again',
    exitCode: ExitCode.Outside,
  });
}

function pathsOf(root: string): ProjectPaths {
  return {
    root,
    configFile: path.join(root, CONFIG_FILE),
    mainRoot: root,
    opsDir: path.join(root, '.backlog-ops'),
  };
}
