import { packageText, resultOf } from '../gates/review-package.ts';
import type { ReviewerPackage, ReviewRound } from '../gates/review-round.ts';

/** A round as one document. */
export function reviewJson(round: ReviewRound): object {
  const { request, difference, since, plan } = round;
  return {
    request_id: request.id,
    ticket_id: request.ticket_id,
    title: round.title,
    tree: request.tree,
    diff_sha256: request.diff,
    pipeline: plan.pipeline,
    manner: plan.manner,
    complexity: plan.complexity,
    why: plan.why,
    reviewers: round.packages.map(reviewerJson),
    criteria: round.criteria,
    files: difference.files.map(({ path, status }) => ({ path, status })),
    diff: difference.text,
    since_review:
      since === undefined
        ? null
        : { tree: round.packages[0]?.request.reviewed_tree ?? null, diff: since.text },
    results: round.results.map(resultOf),
    precheck: round.precheck,
    risks: {
      detected: plan.risks.detected,
      requires_high_risk_review: plan.risks.detected.length > 0,
      found: plan.risks.found,
    },
    open_findings: round.openFindings,
    code_rules: round.codeRules,
    code_rules_text: round.codeRulesText,
    ...(round.relatedCode.length === 0 ? {} : { related_code: round.relatedCode }),
    unnamed_files: round.unnamedFiles,
    included_files: round.includedFiles,
    plan_changes: round.planChanges,
    confidence_threshold: round.threshold,
    next: nextOf(round),
  };
}

/** For people and agents: the package itself where one reviewer is asked, else who gets which. */
export function reviewText(round: ReviewRound): string {
  const [only, ...others] = round.packages;
  if (only !== undefined && others.length === 0) return packageText(round, only).trimEnd();
  return [
    `# Review round ${round.request.id} of ${round.request.ticket_id}: ${round.plan.why.join('; ')}`,
    ...round.packages.map(
      ({ request, reviewer, file }) =>
        `${reviewer.name}${reviewer.required ? '' : ' (not required)'}: agent ${reviewer.agent}, tier ${reviewer.tier}\n  package: ${file}\n  submit:  backlog review submit --request ${request.id} --from -`,
    ),
  ].join('\n');
}

function reviewerJson({ request, reviewer, since, full, answered, file }: ReviewerPackage): object {
  return {
    name: reviewer.name,
    agent: reviewer.agent,
    focus: reviewer.focus,
    required: reviewer.required,
    tier: reviewer.tier,
    request_id: request.id,
    file,
    reviewed_tree: request.reviewed_tree,
    delta: since !== undefined && !full,
    answered,
  };
}

function nextOf({ plan, request }: ReviewRound): string {
  switch (plan.manner) {
    case 'none':
      return `backlog gate status ${request.ticket_id}`;
    case 'call':
      return `backlog review call --ticket ${request.ticket_id}`;
    case 'agents':
      return 'dispatch each of `reviewers` that is not `answered` with its `file`; each submits its own `request_id`';
  }
}
