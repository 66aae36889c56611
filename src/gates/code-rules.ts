import path from 'node:path';
import { isInside, readTextIfExists } from '../platform/files.ts';
import { rulesInWords } from './code-rule-checks.ts';
import { inWorktree } from './named-files.ts';
import { fileAt } from './repository.ts';
import type { Work } from './work.ts';

export interface CodeRules {
  /** The texts of `codeRules.hardGates`, then of `softGates`, each with its weight; what a program checks is not asked of a reviewer. */
  readonly numbered: readonly string[];
  /** The file that `codeRules.source` names; empty when there is none. */
  readonly text: string;
}

/** The rules that judge a change: as they were at the base commit, so that the change does not soften its own rules. */
export async function codeRulesOf(work: Work): Promise<CodeRules> {
  const { hardGates, softGates, source } = work.config.codeRules;
  return {
    numbered: [
      ...rulesInWords(hardGates).map((rule) => `(a breach blocks) ${rule}`),
      ...rulesInWords(softGates).map((rule) => `(a breach is a remark) ${rule}`),
    ],
    text: (await sourceText(work, source)) ?? '',
  };
}

async function sourceText(work: Work, source: string): Promise<string | undefined> {
  const file = path.join(work.root, source);
  if (!isInside(work.root, file)) return undefined;
  const atBase = await fileAt(work.place, work.claim.base_commit, inWorktree(work, source));
  // A file that is kept out of the repository (`init --local`) has no base.
  return atBase ?? readTextIfExists(file);
}
