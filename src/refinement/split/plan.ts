import { BacklogError, ExitCode } from '../../platform/errors.ts';
import type { AcceptanceCriterion, AffectedFile, Ticket } from '../../tickets/ticket.ts';
import { significantWords } from '../checks/consistency.ts';
import { commonFolder, estimatedTokens, passesScope } from '../checks/scope.ts';
import type { World } from '../world.ts';
import { ordered, type Unit, unitsOf } from './units.ts';

/** One of the tickets that a split makes. */
export interface Part {
  readonly files: readonly AffectedFile[];
  readonly criteria: readonly AcceptanceCriterion[];
  /** Indices of parts that have to be done first. */
  readonly after: readonly number[];
  /** Common folder of its code. */
  readonly boundary: string;
  readonly estimatedTokens: number;
}

/** More files than that are no ticket that a program could cut. */
const MOST_FILES = 500;

/** What a split needs to know of the code. */
export interface SplitFacts {
  lines(file: string): number | undefined;
  imports(file: string): readonly string[];
}

/**
 * Parts of a ticket by module, layer and order of imports, each of which passes the scope gate. Every file and every criterion
 * is in exactly one part. A ticket that passes the gate is its own only part.
 * @throws BacklogError `split-impossible` (exit 1) when a single file is more than the gate allows
 */
export function splitPlan(ticket: Ticket, config: World['config'], facts: SplitFacts): Part[] {
  const files = ticket.affectedFiles;
  const passes = (some: readonly AffectedFile[]): boolean => passesScope(some, facts.lines, config);
  for (const file of files) if (!passes([file])) throw impossible(ticket, file, facts, config);
  if (files.length > MOST_FILES) throw tooMany(ticket);
  const groups: AffectedFile[][] = passes(files)
    ? [[...files]]
    : grouped(ordered(unitsOf(files, config), facts.imports), passes);
  const criteria = shared(ticket.criteria, groups);
  return groups.map((own, index) => ({
    files: own,
    criteria: criteria[index] ?? [],
    after: needed(groups, index, { facts, config }),
    boundary: commonFolder(own, config) ?? '',
    estimatedTokens: estimatedTokens(own, facts.lines),
  }));
}

/** Cut where the module changes or the gate is full; then neighbours that pass together are one again. */
function grouped(
  units: readonly Unit[],
  passes: (files: readonly AffectedFile[]) => boolean,
): AffectedFile[][] {
  const cut: { module: string; files: AffectedFile[] }[] = [];
  const add = (module: string, files: readonly AffectedFile[]): void => {
    const last = cut.at(-1);
    if (last !== undefined && last.module === module && passes([...last.files, ...files]))
      last.files.push(...files);
    else if (passes(files)) cut.push({ module, files: [...files] });
    // Together they are more than the gate allows, so that a file and its tests part.
    else for (const file of files) add(module, [file]);
  };
  for (const { module, files } of units) add(module, files);
  const groups: AffectedFile[][] = [];
  for (const { files } of cut) {
    const last = groups.at(-1);
    if (last !== undefined && passes([...last, ...files])) last.push(...files);
    else groups.push(files);
  }
  return groups;
}

/** A part comes after those that it imports from, and after those that one of its tests or higher layers is for. */
function needed(
  groups: readonly (readonly AffectedFile[])[],
  index: number,
  { facts, config }: { readonly facts: SplitFacts; readonly config: World['config'] },
): number[] {
  const own = groups[index] ?? [];
  const imported = new Set(own.flatMap(({ path: file }) => facts.imports(file)));
  const folder = commonFolder(own, config);
  return groups.slice(0, index).flatMap((other, at) => {
    const isImported = other.some(({ path: file }) => imported.has(file));
    // A file that is yet to be made imports nothing that could be seen: its neighbours in the folder are taken for its ground.
    const isNear = folder !== undefined && commonFolder(other, config) === folder;
    return isImported || isNear || folder === undefined ? [at] : [];
  });
}

/** Each criterion to the part that shares most words with it; a part without any takes one from the part that has most. */
function shared(
  criteria: readonly AcceptanceCriterion[],
  groups: readonly (readonly AffectedFile[])[],
): AcceptanceCriterion[][] {
  const words = groups.map((files) =>
    significantWords(files.map(({ path: file, description }) => `${file} ${description}`).join(' ')),
  );
  const affinity = (text: string, index: number): number => {
    const own = words[index] ?? new Set();
    return [...significantWords(text)].filter((word) => own.has(word)).length;
  };
  const given: AcceptanceCriterion[][] = groups.map(() => []);
  for (const criterion of criteria) {
    const best = groups
      .map((_files, index) => ({
        index,
        score: affinity(criterion.text, index),
        load: given[index]?.length ?? 0,
      }))
      .sort((a, b) => b.score - a.score || a.load - b.load || a.index - b.index)[0];
    given[best?.index ?? 0]?.push(criterion);
  }
  for (const list of given) {
    const richest = given.toSorted((a, b) => b.length - a.length)[0];
    if (list.length > 0 || richest === undefined || richest.length < 2) continue;
    const taken = richest.pop();
    if (taken !== undefined) list.push(taken);
  }
  return given;
}

function impossible(
  ticket: Ticket,
  file: AffectedFile,
  facts: SplitFacts,
  config: World['config'],
): BacklogError {
  const tokens = estimatedTokens([file], facts.lines);
  return new BacklogError({
    code: 'split-impossible',
    message: `${ticket.file}:${file.line}: ${file.path} alone is estimated at ${tokens} tokens, at most ${config.ticketConstraints.maxEstimatedTokens} are allowed`,
    fix: 'write a ticket that divides this file first, or raise ticketConstraints.maxEstimatedTokens',
    exitCode: ExitCode.CheckFailed,
    file: ticket.file,
    line: file.line,
  });
}

function tooMany(ticket: Ticket): BacklogError {
  return new BacklogError({
    code: 'split-impossible',
    message: `${ticket.id} names ${ticket.affectedFiles.length} files, at most ${MOST_FILES} can be divided`,
    fix: 'write tickets for its parts by hand',
    exitCode: ExitCode.CheckFailed,
    file: ticket.file,
  });
}
