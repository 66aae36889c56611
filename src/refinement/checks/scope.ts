import type { Finding } from '../../tickets/finding.ts';
import { fieldLine } from '../../tickets/parse.ts';
import type { AffectedFile, Ticket } from '../../tickets/ticket.ts';
import { found, sectionOf } from '../open-tickets.ts';
import { isTestFile } from '../test-file.ts';
import { normal, type World } from '../world.ts';
import type { Study } from './study.ts';

/** Tokens of the ticket itself and its instructions, and of the answer, beside the files. */
const BASE_TOKENS = 2_000 + 10_000;
const TOKENS_A_LINE = 4;

type Lines = (file: string) => number | undefined;

/** Σ lines × 4 + 2,000 + 10,000; a file that is yet to be made has no lines. */
export function estimatedTokens(files: readonly Pick<AffectedFile, 'path'>[], lines: Lines): number {
  return files.reduce(
    (sum, { path: file }) => sum + (lines(normal(file) ?? file) ?? 0) * TOKENS_A_LINE,
    BASE_TOKENS,
  );
}

/**
 * The folder that a ticket's code lies in: the longest common one. Tests, and files in the root, belong to whatever they serve.
 * @returns `''` when there is none in common; `undefined` when there is no code to bound
 */
export function commonFolder(
  files: readonly Pick<AffectedFile, 'path'>[],
  config: World['config'],
): string | undefined {
  const folders = files
    .map(({ path: file }) => normal(file) ?? file)
    .filter((file) => file.includes('/') && !isTestFile(file, config) && !file.startsWith('docs/'))
    .map((file) => file.split('/').slice(0, -1));
  const [first, ...others] = folders;
  if (first === undefined) return undefined;
  let length = first.length;
  for (const one of others) {
    let same = 0;
    while (same < length && one[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(0, length).join('/');
}

/** Whether these files fit into one ticket. */
export function passesScope(
  files: readonly Pick<AffectedFile, 'path'>[],
  lines: Lines,
  config: World['config'],
): boolean {
  const limits = config.ticketConstraints;
  return (
    files.length <= limits.maxAffectedFiles &&
    estimatedTokens(files, lines) <= limits.maxEstimatedTokens &&
    (!limits.requireSingleResponsibility || commonFolder(files, config) !== '')
  );
}

/** The scope gate. The number of files is `validate`'s own. */
export function scope(ticket: Ticket, { world, facts }: Study): Finding[] {
  const { maxEstimatedTokens: most, requireSingleResponsibility } = world.config.ticketConstraints;
  const line = sectionOf(ticket, 'affected files')?.line ?? fieldLine(ticket, 'affected_files');
  const tokens = estimatedTokens(ticket.affectedFiles, facts.lines);
  const split = `\`backlog ticket split ${ticket.id} --plan\` proposes parts`;
  return [
    ...(tokens <= most
      ? []
      : [
          found(ticket, { code: 'scope-tokens', severity: 'error' }, line, {
            message: `its files are estimated at ${tokens} tokens, at most ${most} are allowed (lines × 4 + 12,000)`,
            fix: split,
          }),
        ]),
    ...(requireSingleResponsibility ? boundary(ticket, world, line, split) : []),
  ];
}

function boundary(ticket: Ticket, world: World, line: number, split: string): Finding[] {
  const named = ticket.fields.scope_boundary;
  const bound = typeof named === 'string' ? normal(named.trim()) : undefined;
  // A boundary in words is for people; only a folder can be checked.
  if (bound !== undefined && bound !== '.' && bound !== '' && isFolder(bound, ticket, world)) {
    const outside = ticket.affectedFiles.filter(({ path: file }) => {
      const plain = normal(file) ?? file;
      return (
        !isTestFile(plain, world.config) &&
        plain.includes('/') &&
        plain !== bound &&
        !plain.startsWith(`${bound}/`)
      );
    });
    return outside.map(({ path: file, line: at }) =>
      found(ticket, { code: 'scope-boundary', severity: 'error' }, at, {
        message: `${file} lies outside the scope_boundary ${bound}`,
        fix: `take the row out, widen \`scope_boundary\`, or split: ${split}`,
      }),
    );
  }
  if (commonFolder(ticket.affectedFiles, world.config) !== '') return [];
  return [
    found(ticket, { code: 'scope-boundary', severity: 'warning' }, line, {
      message: 'its code has no folder in common: it changes more than one part of the project',
      fix: `${split}; where it is one change all the same, say so with \`ticketConstraints.requireSingleResponsibility\`: false`,
    }),
  ];
}

function isFolder(bound: string, ticket: Ticket, world: World): boolean {
  const inside = (file: string): boolean => file.startsWith(`${bound}/`) || file === bound;
  return world.has(bound) || ticket.affectedFiles.some(({ path: file }) => inside(normal(file) ?? file));
}
