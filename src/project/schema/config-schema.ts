import * as z from 'zod';
import { profiles } from '../gates.ts';
import { modelKeys } from './llm-models.ts';
import { policyKeys } from './llm-policies.ts';
import { telemetryKeys } from './llm-telemetry.ts';
import {
  backlogBlock,
  codeRulesBlock,
  eventsBlock,
  gitBlock,
  projectBlock,
  ticketConstraintsBlock,
  ticketValidationBlock,
  wavesBlock,
  worktreesBlock,
} from './project.ts';
import {
  agentRoutingBlock,
  auditBlock,
  qualityGatesBlock,
  reviewPipelineBlock,
  sentinelBlock,
} from './quality.ts';

/** The whole of backlog.config.json, versions 1.0 and 1.1. The types, the JSON Schema and docs/config.md follow from it. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors, which complete and check with it.'),
  version: z.enum(['1.0', '1.1']).describe('1.1 has llmOps.'),
  profile: z
    .enum(profiles)
    .default('standard')
    .describe(
      'light: implement, lint and commit are required; standard: all five gates; strict: all five, baseline strict, no waivers.',
    ),
  project: projectBlock,
  backlog: backlogBlock.prefault({}),
  qualityGates: qualityGatesBlock.prefault({}),
  codeRules: codeRulesBlock.prefault({}),
  ticketValidation: ticketValidationBlock.prefault({}),
  ticketConstraints: ticketConstraintsBlock.prefault({}),
  git: gitBlock.prefault({}),
  worktrees: worktreesBlock.prefault({}),
  waves: wavesBlock.prefault({}),
  events: eventsBlock.prefault({}),
  agentRouting: agentRoutingBlock.prefault({}),
  reviewPipeline: reviewPipelineBlock.prefault({}),
  sentinel: sentinelBlock.prefault({}),
  audit: auditBlock.prefault({}),
  llmOps: z.strictObject({ ...modelKeys, ...policyKeys, ...telemetryKeys }).prefault({}),
});

export type ParsedConfig = z.output<typeof configSchema>;
