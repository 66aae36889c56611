import * as z from 'zod';
import { countFrom, filledText } from './parts.ts';

const rule = filledText.describe('What the rule says, as reports name it.');
const files = z
  .array(filledText)
  .min(1)
  .optional()
  .describe("Globs of the files that it is for, relative to the project's root; without them all.");

const pattern = filledText
  .max(1000)
  .refine(compiles, 'is no regular expression of JavaScript')
  .describe('A regular expression that no added line may match.');

/** An entry of `codeRules`: a text for reviewers, or something that a program can check. */
export const codeRule = z.union(
  [
    filledText,
    z.strictObject({ rule, pattern, files }),
    z.strictObject({
      rule,
      command: filledText.describe('Run by `sh -c`; it fails when the rule is broken.'),
    }),
    z.strictObject({
      rule,
      maxFileLines: countFrom(1).describe('Longest that a changed file may be.'),
      files,
    }),
    z.strictObject({ rule, maxLines: countFrom(1).describe('Most lines that a change may add.'), files }),
  ],
  {
    error:
      'must be a text, {rule, pattern, files?}, {rule, command}, {rule, maxFileLines, files?} or {rule, maxLines, files?}',
  },
);

export type CodeRule = z.output<typeof codeRule>;

function compiles(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
