import type { BacklogConfig } from '../project/config.ts';

/** Steps that have a first tier of their own in `llmOps.routing`. */
export const routedSteps = ['classify', 'draft', 'plan', 'implement', 'review'] as const;
export type RoutedStep = (typeof routedSteps)[number];

/** The cheapest tier (or model) that `llmOps.routing` allows for a step. */
export function entryTier(step: RoutedStep, { llmOps }: Pick<BacklogConfig, 'llmOps'>): string {
  const { routing } = llmOps;
  const tiers: Readonly<Record<RoutedStep, string>> = {
    classify: routing.entryModelClassify,
    draft: routing.entryModelDraft,
    plan: routing.entryModelPlan,
    implement: routing.entryModelImplement,
    review: routing.entryModelReview,
  };
  return tiers[step];
}
