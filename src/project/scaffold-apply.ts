import { existsSync, mkdirSync, rmdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, messageOf } from '../platform/errors.ts';
import { readTextIfExists, writeFailure, writeFileAtomic } from '../platform/files.ts';
import type { PlannedFile, ScaffoldPlan } from './scaffold.ts';

/**
 * Writes a plan: all of it, or none. When a write fails, what this call has made is taken away again, newest first, and
 * what could not be taken away is named.
 * @throws BacklogError `init-failed` (exit 4)
 */
export function applyScaffold(plan: ScaffoldPlan): void {
  const undo: Undo[] = [];
  for (const planned of plan.files) {
    if (planned.action === 'keep') continue;
    try {
      undo.push(...makeFolders(path.dirname(planned.file)));
      undo.push(write(planned));
    } catch (error) {
      throw failure(plan, planned, error, undoAll(undo));
    }
  }
}

interface Undo {
  readonly path: string;
  run(): void;
}

function write({ file, content }: PlannedFile): Undo {
  const before = readTextIfExists(file);
  writeFileAtomic(file, content);
  return {
    path: file,
    run: () => {
      // Whoever changed it in the meantime keeps the change.
      if (readTextIfExists(file) !== content) throw new Error('changed in the meantime');
      if (before === undefined) unlinkSync(file);
      else writeFileAtomic(file, before);
    },
  };
}

function makeFolders(folder: string): Undo[] {
  const missing: string[] = [];
  for (let current = folder; !existsSync(current); current = path.dirname(current)) missing.unshift(current);
  return missing.map((made) => {
    mkdirSync(made);
    return { path: made, run: () => rmdirSync(made) };
  });
}

/** @returns what is still there */
function undoAll(undo: readonly Undo[]): string[] {
  return [...undo].reverse().flatMap((step) => {
    try {
      step.run();
      return [];
    } catch {
      return [step.path];
    }
  });
}

function failure(
  plan: ScaffoldPlan,
  planned: PlannedFile,
  error: unknown,
  left: readonly string[],
): BacklogError {
  const name = path.relative(plan.root, planned.file);
  const rest =
    left.length === 0
      ? 'nothing of it was left behind'
      : `left behind: ${left.map((file) => path.relative(plan.root, file)).join(', ')}`;
  return new BacklogError({
    code: 'init-failed',
    message: `${name} could not be written: ${messageOf(error)}; ${rest}`,
    fix: `${writeFailure(planned.file, error).fix.replace(/ and run .*/, '')}, then run \`backlog init\` again`,
    exitCode: ExitCode.Outside,
    file: planned.file,
    cause: error,
    details: { leftBehind: left },
  });
}
