import { statSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import { matchesAny } from '../platform/globs.ts';
import { sha256 } from '../platform/ids.ts';
import { type BacklogConfig, parseConfig } from '../project/config.ts';
import { CONFIG_FILE } from '../project/paths.ts';
import { reviewPipelineBlock } from '../project/schema/quality.ts';
import { isAllowed } from './allowance.ts';
import type { Claim } from './claims.ts';
import { ruleCommands } from './code-rule-checks.ts';
import type { EvidenceLine } from './evidence.ts';
import { scriptsOf } from './package-scripts.ts';
import { fileAt, type RepositoryPlace, tryPlumb } from './repository.ts';
import { runFiles } from './run-files.ts';

/** The configuration that judges a change, and how the one in the working tree differs from it. */
export interface JudgingConfig {
  readonly config: BacklogConfig;
  /** Digest of the gate configuration in the working tree, package scripts included; what a person allows. */
  readonly digest: string;
  /** Differences that nobody has allowed, one a line; empty when all is well. */
  readonly changes: readonly string[];
}

export interface JudgingConfigInput {
  readonly place: RepositoryPlace;
  /** The project's folder in the worktree, and relative to its root. */
  readonly root: string;
  readonly prefix: string;
  readonly claim: Pick<Claim, 'base_commit' | 'gate_config_sha256'>;
  /** The configuration as it is now. */
  readonly current: BacklogConfig;
  readonly lines: readonly EvidenceLine[];
}

/**
 * The judged change does not choose its judge: gate commands, data folder and required gates come from the configuration at
 * the ticket's base commit, and package scripts that they name and files that they run must be what they were there. A configuration that is
 * not committed (`init --local`) is compared with the digest that was taken at the start.
 */
export async function judgingConfig(input: JudgingConfigInput): Promise<JudgingConfig> {
  const { place, root, prefix, claim, current, lines } = input;
  const at = (name: string) => fileAt(place, claim.base_commit, path.posix.join(prefix, name));
  const now = await judged(current, codeIn(place, root, at));
  const digest = digestOf(now);
  const allowed = isAllowed(lines, digest);
  const baseText = await at(CONFIG_FILE);
  if (baseText === undefined) {
    const same = allowed || claim.gate_config_sha256 === null || claim.gate_config_sha256 === digest;
    return {
      config: current,
      digest,
      changes: same ? [] : ['the gate configuration is not what it was at the start'],
    };
  }
  const base = parseConfig(baseText, `${claim.base_commit.slice(0, 12)}:${CONFIG_FILE}`).config;
  if (allowed) return { config: current, digest, changes: [] };
  return { config: base, digest, changes: differences(await judged(base, at), now) };
}

/** Files of a project that {@link judgingConfig} asks for at the base commit, as far as its worktree tells; relative to the project. */
export function judgedFiles(config: BacklogConfig, root: string): string[] {
  const commands = commandsOf(config);
  const scripts = scriptsOf(commands, textOnDisk(root, 'package.json'));
  return [CONFIG_FILE, 'package.json', ...judgingFiles(config, [...commands, ...Object.values(scripts)])];
}

/** Files of a commit that the gate commands of its configuration run, as git names them; test files are not among them. */
export async function judgesAt(
  place: RepositoryPlace,
  commit: string,
  prefix: string,
  config: BacklogConfig,
): Promise<string[]> {
  const named = (name: string): string => path.posix.join(prefix, name);
  const commands = commandsOf(config);
  const scripts = scriptsOf(commands, await fileAt(place, commit, named('package.json')));
  return judgingFiles(config, [...commands, ...Object.values(scripts)]).map(named);
}

/** Digest of the gate configuration in a worktree; kept in the claim when the configuration is not committed. */
export async function gateConfigDigest(
  {
    place,
    root,
    prefix,
    base,
  }: Pick<JudgingConfigInput, 'place' | 'root' | 'prefix'> & { readonly base: string },
  config: BacklogConfig,
): Promise<string> {
  const at = (name: string) => fileAt(place, base, path.posix.join(prefix, name));
  return digestOf(await judged(config, codeIn(place, root, at)));
}

/** @throws BacklogError `gate-config-changed` (exit 1) */
export function refuseChangedConfig({ changes }: JudgingConfig, ticketId: string, gate: string): void {
  if (changes.length === 0) return;
  throw new BacklogError({
    code: 'gate-config-changed',
    message: `this change also changes what judges it:\n  ${changes.join('\n  ')}`,
    fix: `take that out of the change, or let a person allow it: backlog gate run ${gate} --ticket ${ticketId} --allow-suppression "<reason>"`,
    exitCode: ExitCode.CheckFailed,
    details: { changes },
  });
}

type Judged = Readonly<Record<string, string>>;

/** A file's text by its name relative to the project; `undefined` when it is not there, or no part of the code. */
type ReadFile = (name: string) => Promise<string | undefined>;

/** Files as they are on disk. One that git ignores and the base does not have is made by a build, and is no judge. */
function codeIn(place: RepositoryPlace, root: string, atBase: ReadFile): ReadFile {
  return async (name) => {
    const text = textOnDisk(root, name);
    if (text === undefined) return undefined;
    if ((await atBase(name)) !== undefined) return text;
    const ignored = await tryPlumb({ ...place, worktree: root }, ['check-ignore', '--quiet', '--', name]);
    return ignored.exitCode === 0 ? undefined : text;
  };
}

function textOnDisk(root: string, name: string): string | undefined {
  const file = path.join(root, name);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? readTextIfExists(file) : undefined;
}

function commandsOf(config: BacklogConfig): string[] {
  const { testCommand, lintCommand, typeCheckCommand, buildCommand } = config.qualityGates;
  const rules = ruleCommands([...config.codeRules.hardGates, ...config.codeRules.softGates]);
  return [
    testCommand,
    lintCommand,
    typeCheckCommand,
    buildCommand,
    ...rules.map(({ command }) => command),
  ].filter((command) => command !== undefined);
}

/** A test file that a command names is what the ticket is to change. */
function judgingFiles({ qualityGates }: BacklogConfig, commands: readonly string[]): string[] {
  return runFiles(commands).filter((file) => !matchesAny(file, qualityGates.testFiles));
}

/** Everything that decides what a gate asks for, as flat text values. */
async function judged(config: BacklogConfig, read: ReadFile): Promise<Judged> {
  const commands = commandsOf(config);
  const scripts = scriptsOf(commands, await read('package.json'));
  const files: Record<string, string> = {};
  for (const file of judgingFiles(config, [...commands, ...Object.values(scripts)])) {
    const text = await read(file);
    if (text !== undefined)
      files[`${file} (a gate command runs it)`] = sha256(text.replaceAll('\r\n', '\n')).slice(0, 12);
  }
  const { qualityGates, backlog, profile } = config;
  const usual: Readonly<Record<string, unknown>> = reviewPipelineBlock.parse({});
  const pipeline = Object.entries(config.reviewPipeline).filter(
    // What is as usual is left out: a digest that was taken before these keys were part of it still fits.
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(usual[key]),
  );
  const reviewers = Object.entries(config.agentRouting.overrides).flatMap(([prefix, { reviewers: count }]) =>
    count === undefined ? [] : [[`agentRouting.overrides.${prefix}.reviewers`, String(count)]],
  );
  return {
    profile,
    'backlog.dataDir': backlog.dataDir,
    ...Object.fromEntries(
      Object.entries(qualityGates).map(([key, value]) => [`qualityGates.${key}`, asText(value)]),
    ),
    ...Object.fromEntries(pipeline.map(([key, value]) => [`reviewPipeline.${key}`, asText(value)])),
    ...Object.fromEntries(reviewers),
    ...rulesOf(config),
    ...Object.fromEntries(
      Object.entries(scripts).map(([name, body]) => [`package.json scripts.${name}`, body]),
    ),
    ...files,
  };
}

/** Only what is set: a configuration without them has the digest that it always had. */
function rulesOf({ codeRules, ticketValidation }: BacklogConfig): Judged {
  const { hardGates, softGates, source } = codeRules;
  const rules = { hardGates, softGates };
  return {
    ...Object.fromEntries(
      Object.entries(rules)
        .filter(([, value]) => value.length > 0)
        .map(([key, value]) => [`codeRules.${key}`, asText(value)]),
    ),
    ...(source === '.claude/code-rules.md' ? {} : { 'codeRules.source': source }),
    ...(Object.keys(ticketValidation.minTests).length === 0
      ? {}
      : { 'ticketValidation.minTests': asText(ticketValidation.minTests) }),
  };
}

function differences(before: Judged, after: Judged): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name] ?? '(not set)'} → ${after[name] ?? '(not set)'}`);
}

function digestOf(value: Judged): string {
  return sha256(JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
