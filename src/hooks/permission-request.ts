import path from 'node:path';
import { isInside, realPlace } from '../platform/files.ts';
import { installRoot } from '../project/install-root.ts';
import { findProject } from '../project/paths.ts';
import { argumentsOf, isPlainCall, purposeOf } from './backlog-calls.ts';
import { type Confines, confinesOf } from './confines.ts';
import { holdingsOf } from './holdings.ts';
import { type HookInput, textOf } from './input.ts';
import { mayWorkUnasked } from './own-files.ts';
import { readShell, type SimpleCommand } from './shell.ts';
import type { HookWorld } from './world.ts';

/**
 * The client is about to ask the user. Worktrees lie in the user's own folder, where it would ask for each file and for `cd`: for
 * what happens in a worktree of a ticket that the session holds, and for that alone, it need not. The worktree becomes a
 * working directory of the session, so that the client itself judges commands in there as it does in the project.
 */
export function permissionRequest(input: HookInput, world: HookWorld): object | undefined {
  const holdings = holdingsOf(input, world);
  const confines = holdings && confinesOf(holdings, input, world.env);
  if (confines === undefined || confines.apart.length === 0 || !isAllowed(input, confines)) return undefined;
  return {
    hookSpecificOutput: {
      hookEventName: 'PermissionRequest',
      decision: {
        behavior: 'allow',
        updatedPermissions: [
          { type: 'addDirectories', directories: [...confines.apart], destination: 'session' },
        ],
      },
    },
  };
}

function isAllowed(input: HookInput, confines: Confines): boolean {
  const { tool_input: fields, cwd } = input;
  switch (input.tool_name) {
    case 'Read':
    case 'Glob':
    case 'Grep': {
      const file = textOf(fields.file_path) || textOf(fields.path);
      return file !== '' && liesIn(confines, path.resolve(cwd, file));
    }
    case 'Edit':
    case 'MultiEdit':
    case 'Write':
    case 'NotebookEdit':
      return mayWorkUnasked(
        textOf(fields.file_path) || textOf(fields.notebook_path),
        { cwd, confines },
        input,
      );
    case 'Bash':
      return onlyLooks(textOf(fields.command), cwd, confines);
    default:
      return false;
  }
}

const lookers = new Set(['pwd', 'ls', 'cat', 'head', 'tail', 'wc']);
/** The worktree is of the project's own repository: its hooks and settings are those that the project's commands run under. */
const gitLookers = new Set(['status', 'diff', 'log', 'show', 'ls-files', 'rev-parse']);

/** Whether a line goes into a worktree and does nothing there but look at its files and call `backlog`. */
function onlyLooks(source: string, from: string, confines: Confines): boolean {
  const line = readShell(source);
  if (line.unreadable || line.commands.length === 0) return false;
  let cwd = from;
  let went = false;
  for (const command of line.commands) {
    const [name, ...args] = command.words;
    if (name === undefined || command.words.some(({ dynamic }) => dynamic)) return false;
    if (argumentsOf(command) !== undefined) {
      if (!isOurCall(command, cwd)) return false;
    } else if (!isQuiet(command)) return false;
    else if (name.text === 'cd') {
      const [target] = args;
      if (target === undefined || args.length > 1) return false;
      cwd = path.resolve(cwd, target.text);
      if (!liesIn(confines, cwd)) return false;
      went = true;
    } else if (
      !looks(
        name.text,
        args.map(({ text }) => text),
        cwd,
        confines,
      )
    )
      return false;
  }
  return went;
}

function looks(name: string, args: readonly string[], cwd: string, confines: Confines): boolean {
  const git = name === 'git';
  if (!(git ? gitLookers.has(args[0] ?? '') : lookers.has(name))) return false;
  const option = git
    ? /^--?(?!output|ext-diff|textconv|no-index)[a-z0-9][a-z0-9-]*(?:=[a-z0-9-]+)?$/i
    : /^-[A-Za-z0-9]*$/;
  return args
    .slice(git ? 1 : 0)
    .every((text) =>
      text.startsWith('-') ? option.test(text) || text === '--' : liesIn(confines, path.resolve(cwd, text)),
    );
}

function isOurCall(command: SimpleCommand, cwd: string): boolean {
  const root = findProject(cwd)?.mainRoot;
  const own = path.join(installRoot(), 'bin', 'backlog');
  return (
    purposeOf(command) === undefined &&
    isPlainCall(command, own, (folder) => findProject(path.resolve(cwd, folder))?.mainRoot === root)
  );
}

function isQuiet({ assignments, redirections }: SimpleCommand): boolean {
  return (
    assignments.length === 0 &&
    redirections.every(({ operator, target }) =>
      operator === '>&' ? ['1', '2'].includes(target.text) : operator === '>' && target.text === '/dev/null',
    )
  );
}

function liesIn({ apart }: Confines, file: string): boolean {
  const real = realPlace(file);
  return apart.some((root) => isInside(root, real));
}
