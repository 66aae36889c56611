import { programNames } from './backlog-calls.ts';
import type { Program } from './programs.ts';
import type { Word } from './shell.ts';

/** Variables that change how something looks, never what a gate's command does. */
const harmless = /^(?:NO_COLOR|FORCE_COLOR|CI|TZ|TERM|COLUMNS|LANG|LANGUAGE|LC_\w+|DEBUG|BACKLOG_DEBUG)$/;
/** Where git takes settings, and with them aliases and programs, from the environment. */
const gitSettings = /^GIT_(?:CONFIG(?!_NOSYSTEM)\w*|EXEC_PATH)$/;

/**
 * Why a call may not run with variables that stand in the command line: they give git aliases, or a gate another runner (`PATH`),
 * other options (`NODE_OPTIONS`, `PYTEST_ADDOPTS`) or another upstream. Evidence is for the environment of the session.
 * @param exported what earlier commands of the line have set
 */
export function ofEnvironment(
  { name, args, assigned }: Program,
  exported: readonly Word[],
): string | undefined {
  const set = [...exported, ...assigned].map(({ text }) => text);
  if (name === 'git') {
    const found = set.find((text) => gitSettings.test(nameOf(text)) && !text.endsWith('=/dev/null'));
    return found === undefined
      ? undefined
      : `${nameOf(found)} gives git other settings, and an alias there may be a commit: leave it out.`;
  }
  if (!programNames.has(name) || !judges(args)) return undefined;
  const found = set.map(nameOf).find((one) => !harmless.test(one));
  return found === undefined
    ? undefined
    : `gates run in the environment of the session: leave ${found} out. What the project's commands need stands in qualityGates, or in its .env file.`;
}

/** What a command sets for those after it: `export A=1`, and a bare assignment to what is in the environment already. */
export function exportedBy({ name, args, assigned }: Program): readonly Word[] {
  if (['export', 'declare', 'typeset'].includes(name))
    return args.filter(({ text }) => /^[A-Za-z_]\w*=/.test(text));
  return name === '' ? assigned.filter(({ text }) => process.env[nameOf(text)] !== undefined) : [];
}

function judges(args: readonly Word[]): boolean {
  const [noun = '', verb = ''] = args.map(({ text }) => text).filter((text) => !text.startsWith('-'));
  return ['gate', 'review', 'commit', 'quick'].includes(noun) || (noun === 'ticket' && verb === 'complete');
}

function nameOf(assignment: string): string {
  return assignment.slice(0, assignment.indexOf('=')).replace(/\+$/, '');
}
