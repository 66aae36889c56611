import * as z from 'zod';
import { codeRule } from './code-rule.ts';
import { countFrom, filledText, projectPath, ticketPrefix } from './parts.ts';

export const projectBlock = z.strictObject({
  name: filledText.describe("The project's name; every request is tagged with it."),
  stack: filledText
    .default('generic')
    .describe(
      'typescript, javascript, python, go, rust, swift, generic; sets the default of qualityGates.testFiles.',
    ),
  testRunner: z.string().optional().describe('For readers; nothing acts on it.'),
  linter: z.string().optional().describe('For readers; nothing acts on it.'),
  typeChecker: z.string().optional().describe('For readers; nothing acts on it.'),
});

export const backlogBlock = z.strictObject({
  dataDir: projectPath
    .default('backlog/data')
    .describe('Folder of `pending/` and `completed/`; a proper subfolder of the project.'),
  templatesDir: projectPath.default('backlog/templates').describe('Folder of the ticket templates.'),
  ticketPrefixes: z
    .array(ticketPrefix)
    .min(1)
    .refine((prefixes) => new Set(prefixes).size === prefixes.length, 'has the same prefix twice')
    .default(['TASK', 'BUG', 'FEAT', 'IDEA'])
    .describe('Prefixes that a ticket id may have.'),
  requiredSections: z
    .array(filledText)
    .default([
      'context',
      'description',
      'acceptanceCriteria',
      'testStrategy',
      'affectedFiles',
      'dependencies',
    ])
    .describe(
      'Sections that a ticket must have, filled; `acceptanceCriteria` is the heading "Acceptance Criteria".',
    ),
});

export const codeRulesBlock = z.strictObject({
  source: projectPath.default('.claude/code-rules.md').describe('The code rules that a reviewer is shown.'),
  hardGates: z
    .array(codeRule)
    .default([])
    .describe(
      'Rules whose breach blocks. A text goes to the reviewers; an object is checked by the lint gate: `{rule, pattern, files?}` (a regular expression, on added lines), `{rule, command}` (run by `sh -c`), `{rule, maxFileLines, files?}` (of a changed file), `{rule, maxLines, files?}` (added by the change).',
    ),
  softGates: z
    .array(codeRule)
    .default([])
    .describe('Rules whose breach is a remark, in the same forms: reported, never blocking.'),
});

export const ticketValidationBlock = z.strictObject({
  requireTestStrategy: z.boolean().default(true).describe('A ticket needs a test strategy.'),
  requireAffectedFiles: z.boolean().default(true).describe('A ticket needs a table of affected files.'),
  requireDependencyCheck: z.boolean().default(true).describe('Dependencies must exist and make no cycle.'),
  requireVerificationCommands: z
    .boolean()
    .default(true)
    .describe('The test strategy needs verification commands.'),
  minAcceptanceCriteria: countFrom(1).default(3).describe('Fewest acceptance criteria of a ticket.'),
  minTests: z
    .record(ticketPrefix, countFrom(0))
    .default({})
    .describe(
      'How many new or changed tests a ticket of a prefix needs with `tests: new`; default BUG 1, FEAT 3, others 2; a trivial ticket needs 1.',
    ),
});

export const ticketConstraintsBlock = z.strictObject({
  maxAffectedFiles: countFrom(1).default(5).describe('Most affected files of a ticket.'),
  maxEstimatedTokens: countFrom(10_000).default(100_000).describe('Most estimated tokens of a ticket.'),
  requireSingleResponsibility: z.boolean().default(true).describe('A ticket does one thing.'),
});

export const gitBlock = z.strictObject({
  bookkeepingCommit: z
    .boolean()
    .default(true)
    .describe('`ticket complete` commits the moved ticket and its evidence; false leaves them uncommitted.'),
});

export const worktreesBlock = z.strictObject({
  setupCommand: filledText
    .optional()
    .describe(
      'Run once by `sh -c` in a new worktree before its first gate; without it the install command of the lock file, such as `npm ci`.',
    ),
});

export const eventsBlock = z.strictObject({
  command: z
    .union([filledText, z.array(filledText).min(1)], {
      error: 'is a program, or a list of a program and its arguments',
    })
    .optional()
    .describe(
      'A program, or a list of a program and its arguments. It gets one JSON document as its last argument for each ticket that is blocked, out of budget or done, and each wave that starts or ends. No shell; 30 seconds.',
    ),
});

export const wavesBlock = z.strictObject({
  merge: z
    .enum(['rebase', 'squash'])
    .default('rebase')
    .describe('How `wave merge` lays a ticket on the branch: its commits one by one, or as one.'),
  deliver: z
    .enum(['branch', 'pr'])
    .default('branch')
    .describe(
      'What becomes of a finished ticket: merged into the branch, or offered as a pull request by `ship`.',
    ),
});
