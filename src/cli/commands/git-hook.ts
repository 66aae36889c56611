import { readFileSync } from 'node:fs';
import { judgePush } from '../../gates/pushed.ts';
import { judgeMessage, judgeStaged } from '../../gates/staged.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { findProject } from '../../project/paths.ts';
import { gateCallOf } from '../gate-call.ts';
import type { Io } from '../io.ts';

/** `backlog hook git-pre-commit` and its like: called by git's hooks, with git's own arguments behind `--`. */
export async function gitHook(name: string, args: readonly string[], io: Io): Promise<ExitCode> {
  if (findProject(io.cwd) === undefined) return ExitCode.Ok;
  switch (name) {
    case 'git-pre-commit':
      await judgeStaged(gateCallOf(io));
      return ExitCode.Ok;
    case 'git-commit-msg': {
      const [file] = args;
      if (file === undefined)
        throw usageError('git-commit-msg needs the file of the message', 'git passes it');
      await judgeMessage(gateCallOf(io), file);
      return ExitCode.Ok;
    }
    case 'git-pre-push':
      await judgePush(gateCallOf(io), args[0] ?? 'origin', readFileSync(0, 'utf8'));
      return ExitCode.Ok;
    default:
      throw usageError(
        `${name} is no hook of git that backlog knows`,
        'git-pre-commit, git-commit-msg or git-pre-push',
      );
  }
}
