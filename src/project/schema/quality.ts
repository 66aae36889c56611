import * as z from 'zod';
import { disciplineNames } from '../disciplines.ts';
import { countFrom, filledText, ticketPrefix } from './parts.ts';

const command = z.string().optional();

export const qualityGatesBlock = z.strictObject({
  testCommand: command.describe(
    'Runs the tests, by `sh -c`. Without it the implement gate says `gate-not-configured`.',
  ),
  lintCommand: command.describe('Runs the linter; a part of the lint gate.'),
  typeCheckCommand: command.describe('Runs the type check; a part of the lint gate.'),
  buildCommand: command.describe('Builds the project; a part of the lint gate.'),
  healthCheckCommand: command.describe('Asks whether the built project runs.'),
  baseline: z
    .enum(['new-only', 'strict'])
    .optional()
    .describe(
      'new-only: what failed before the ticket is counted as debt, only new findings and failures block; strict: zero. Default new-only; profile strict makes it strict.',
    ),
  testFiles: z
    .array(filledText)
    .min(1)
    .optional()
    .describe("Globs of the test files, relative to the project's root. Default by project.stack."),
  minNewTests: z
    .record(ticketPrefix, countFrom(0))
    .default({})
    .describe('Older name of ticketValidation.minTests; wins where it is set, also for trivial tickets.'),
  testReport: filledText
    .optional()
    .describe(
      "Glob of the JUnit XML files that the test command writes, relative to the project's root; read after each run, for runners whose output names no tests.",
    ),
});

const risks = [
  'serialization',
  'db_schema',
  'auth',
  'error_handling',
  'external_api',
  'concurrency',
] as const;

const reviewer = z.looseObject({
  name: filledText.describe('How the reviewer is called.'),
  agent: filledText.describe('Agent type that reviews.'),
  focus: z.string().optional().describe('What it looks at.'),
  required: z.boolean().default(true).describe('Its verdict is needed.'),
});

export const reviewPipelineBlock = z.looseObject({
  reviewers: z
    .array(reviewer)
    .default([
      { name: 'spec-compliance', agent: 'reviewer', focus: 'spec-compliance', required: true },
      { name: 'code-quality', agent: 'reviewer', focus: 'code-quality', required: true },
    ])
    .describe('Who reviews.'),
  confidenceThreshold: z
    .number()
    .min(0)
    .max(100)
    .default(80)
    .describe('Findings below this confidence (0 to 100) do not block an approval.'),
  maxReviewRounds: countFrom(1)
    .default(3)
    .describe('Rounds in which a ticket may be sent back before it is review-blocked and a person decides.'),
  trivial: z
    .enum(['call', 'agent', 'none'])
    .default('call')
    .describe(
      'Who reviews a trivial ticket: one model call, an agent, or nobody; the last stands in the evidence as not reviewed.',
    ),
  frontierReview: z
    .looseObject({
      enabled: z
        .boolean()
        .default(false)
        .describe(
          'One more review by a frontier model for risky changes. Off unless you ask for it: it costs.',
        ),
      triggerPatterns: z
        .array(z.enum(risks))
        .default([...risks])
        .describe('Risk groups that trigger it.'),
      skipForComplexity: z.array(filledText).default(['trivial']).describe('Complexities that skip it.'),
    })
    .prefault({}),
});

export const agentRoutingBlock = z.looseObject({
  rules: z
    .array(
      z.looseObject({
        pattern: filledText.describe('Ticket prefix or tag, with `*`; or file globs, separated by commas.'),
        agent: filledText.describe('Agent type.'),
        label: z.string().optional().describe('How the rule is called in reports.'),
      }),
    )
    .default([])
    .describe('Which agent type implements a ticket; the first match wins.'),
  overrides: z
    .record(
      z.string(),
      z.looseObject({
        agent: filledText.optional().describe('Agent type, before any rule.'),
        investigator: z.boolean().optional().describe('An investigator looks at the ticket before its plan.'),
        reviewers: countFrom(1)
          .optional()
          .describe('How many reviewers, of spec, quality, security, history.'),
      }),
    )
    .default({})
    .describe('Special treatment by ticket prefix, before the rules.'),
  llmOverride: z.boolean().default(true).describe('A model may choose another agent type, with a reason.'),
  disciplines: z
    .partialRecord(z.enum(disciplineNames), filledText)
    .default({})
    .describe("Another plugin's skill (`plugin:skill`) instead of our text, by discipline."),
});

const onByDefault = (text: string) => z.boolean().default(true).describe(text);

export const sentinelBlock = z.strictObject({
  enabled: onByDefault('Review of HEAD after commits.'),
  installGitHook: onByDefault('Install a pre-push hook.'),
  prescan: z
    .strictObject({
      runLinter: onByDefault('Run the linter.'),
      runTests: onByDefault('Run the tests.'),
      runTypeCheck: onByDefault('Run the type check.'),
      detectHardcoded: onByDefault('Look for hard-coded secrets and addresses.'),
      detectTodos: onByDefault('Look for TODO marks.'),
      maxFunctionLines: countFrom(1).default(80).describe('Longest function, in lines.'),
    })
    .prefault({}),
  reviewers: z
    .strictObject({ security: onByDefault('Security reviewer.'), quality: onByDefault('Quality reviewer.') })
    .prefault({}),
  ragDeduplication: onByDefault('Look for similar tickets before making one.'),
  patternThresholds: z
    .strictObject({
      recurring: countFrom(1).default(2).describe('Sightings that make a pattern recurring.'),
      escalateToSoftGate: countFrom(1).default(3).describe('Sightings that make it a soft gate.'),
      escalateToHardGate: countFrom(1).default(5).describe('Sightings that make it a hard gate.'),
    })
    .prefault({}),
  ticketMapping: z
    .record(z.string(), ticketPrefix)
    .default({ security: 'SEC', bug: 'BUG', techDebt: 'TASK', architecture: 'TASK' })
    .describe('Prefix of the tickets that a kind of finding becomes.'),
});

export const auditBlock = z.strictObject({
  enabled: onByDefault('Audit of the whole project.'),
  prescan: z
    .strictObject({
      extensions: z
        .array(filledText)
        .default(['.ts', '.tsx', '.js', '.jsx', '.py'])
        .describe('Files that are read.'),
      excludeDirs: z
        .array(filledText)
        .default(['node_modules', 'dist', 'coverage', '.next', '__pycache__', '.git'])
        .describe('Folders that are not.'),
      maxFunctionLines: countFrom(1).default(80).describe('Longest function, in lines.'),
      coverageThreshold: z.number().min(0).max(100).default(70).describe('Least coverage, per cent.'),
      complexityThreshold: countFrom(1).default(10).describe('Highest cyclomatic complexity.'),
    })
    .prefault({}),
  dimensions: z
    .array(filledText)
    .default(['architecture', 'security', 'bugs', 'performance', 'tests', 'hygiene'])
    .describe('What is judged.'),
  ragDeduplication: onByDefault('Look for similar tickets before making one.'),
  ticketMapping: z
    .record(z.string(), ticketPrefix)
    .default({
      security: 'SEC',
      bugs: 'BUG',
      architecture: 'TASK',
      performance: 'TASK',
      tests: 'TEST',
      hygiene: 'QUALITY',
    })
    .describe('Prefix of the tickets that a dimension becomes.'),
});
