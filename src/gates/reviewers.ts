import { isCodeFile } from '../project/code-files.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { Complexity } from '../tickets/classify.ts';
import type { Ticket } from '../tickets/ticket.ts';
import type { TicketDiff } from './difference.ts';
import type { EvidenceLine } from './evidence.ts';
import { roundsSentBack } from './review-answers.ts';
import { type ReviewRisks, reviewRisks } from './review-risks.ts';
import { sensitivity } from './sensitivity.ts';
import { complexityOf, tagsOf } from './weight.ts';

/** One who is asked. */
export interface Reviewer {
  /** Unique in its round, of small letters, digits and hyphens: part of a file's name. */
  readonly name: string;
  /** Agent type. */
  readonly agent: string;
  readonly focus: string;
  /** Without its approval the gate does not hold. */
  readonly required: boolean;
  /** Tier of the model that reviews. */
  readonly tier: string;
}

/** How a change is reviewed. */
export interface ReviewPlan {
  /** fast: one reviewer; full: several. */
  readonly pipeline: 'fast' | 'full';
  /** `call`: one model call does; `none`: the user wants no review of such a change. Reviewers may answer all the same. */
  readonly manner: 'agents' | 'call' | 'none';
  readonly complexity: Complexity;
  /** One sentence each. */
  readonly why: readonly string[];
  readonly reviewers: readonly Reviewer[];
  readonly risks: ReviewRisks;
}

export interface ReviewedChange {
  /** The one that judges. */
  readonly config: Pick<BacklogConfig, 'reviewPipeline' | 'agentRouting' | 'llmOps'>;
  readonly ticket: Ticket;
  /** The ticket as it was committed before its work began. */
  readonly committed: Ticket | undefined;
  readonly lines: readonly EvidenceLine[];
  readonly diff: Pick<TicketDiff, 'text' | 'files'>;
}

/** Failures at lint or review after which a small ticket gets the full review. */
const FAILURES_TO_FULL = 2;

/** What the four reviewers of a sensitive change look at, and how a configured reviewer is known to be one of them. */
const kinds: readonly (readonly [name: string, known: RegExp])[] = [
  ['spec-compliance', /spec/i],
  ['code-quality', /quality/i],
  ['security', /secur/i],
  ['history', /history/i],
];

/** Who reviews a change, and why they. The same change, ticket, configuration and evidence give the same answer. */
export function reviewPlan(change: ReviewedChange): ReviewPlan {
  const { config, ticket, lines, diff } = change;
  const risks = reviewRisks(diff.text);
  const complexity = complexityOf({ ...change, files: diff.files });
  const sensitive = whySensitive(change, risks);
  const failures = whyFull(lines);
  const asked = config.agentRouting.overrides[ticket.prefix]?.reviewers;
  const why = [
    ...(sensitive === undefined ? [] : [`about security: ${sensitive}`]),
    ...(asked === undefined ? [] : [`agentRouting.overrides.${ticket.prefix}.reviewers: ${asked}`]),
    ...(complexity === 'complex' ? ['complex'] : []),
    ...(failures === undefined ? [] : [failures]),
  ];
  const full = why.length > 0;
  const reviewers = [
    ...(full ? fullReview(config, sensitive !== undefined, asked) : [oneReviewer(config)]),
    ...frontierReview(config, complexity, risks),
  ];
  return {
    pipeline: full ? 'full' : 'fast',
    manner: !full && complexity === 'trivial' ? mannerOf(config) : 'agents',
    complexity,
    why: full ? why : [complexity],
    reviewers: withOwnNames(reviewers),
    risks,
  };
}

/** Why even a small ticket gets the full pipeline: it has failed at lint and review as often as that takes. */
export function whyFull(lines: readonly EvidenceLine[]): string | undefined {
  const failures =
    lines.filter(({ record }) => record.gate === 'lint' && record.result === 'fail').length +
    roundsSentBack(lines);
  return failures >= FAILURES_TO_FULL ? `failed ${failures} times at lint or review` : undefined;
}

/** Names of the reviewers without whom the gate does not hold; none when the change is not to be reviewed. */
export function requiredReviewers({ manner, reviewers }: ReviewPlan): string[] {
  return manner === 'none' ? [] : reviewers.filter(({ required }) => required).map(({ name }) => name);
}

/**
 * Who had to review a change that is committed. Reviewers may have had other names then: those on record count when they are as
 * many as would be asked today.
 */
export function recordedReviewers(change: ReviewedChange): string[] {
  const today = requiredReviewers(reviewPlan(change));
  const line = change.lines.findLast(
    ({ record }) => record.gate === 'review' && Array.isArray(record.details?.reviewers),
  );
  const then = [line?.record.details?.reviewers ?? []].flat().map(String);
  return today.length > 0 && then.length >= today.length ? then : today;
}

function mannerOf({ reviewPipeline }: ReviewedChange['config']): ReviewPlan['manner'] {
  return reviewPipeline.trivial === 'agent' ? 'agents' : reviewPipeline.trivial;
}

/** By the ticket, by the files that were really changed, and by what the code does. */
function whySensitive(change: ReviewedChange, { found }: ReviewRisks): string | undefined {
  const { ticket, diff } = change;
  const files = [...ticket.affectedFiles.map((file) => file.path), ...diff.files.map((file) => file.path)];
  const said = sensitivity({ prefix: ticket.prefix, tags: tagsOf(change), files });
  if (said !== undefined) return said;
  const auth = found.find(({ group, file }) => group === 'auth' && isCodeFile(file));
  return auth === undefined ? undefined : `auth (${auth.file}:${auth.line})`;
}

/** One reviewer who looks at what the required ones would look at. */
function oneReviewer(config: ReviewedChange['config']): Reviewer {
  const needed = configured(config).filter(({ required }) => required);
  const [first, ...others] = needed;
  if (first !== undefined && others.length === 0) return first;
  return {
    name: 'reviewer',
    agent: first?.agent ?? 'reviewer',
    focus:
      first === undefined ? 'spec-compliance, code-quality' : needed.map(({ focus }) => focus).join(', '),
    required: true,
    tier: reviewTier(config),
  };
}

/** The configured reviewers; of a sensitive change all four kinds; as many as the override for the prefix asks for. */
function fullReview(
  config: ReviewedChange['config'],
  sensitive: boolean,
  asked: number | undefined,
): Reviewer[] {
  const all = configured(config);
  const needed = all.filter(({ required }) => required);
  if (needed.length === 0) needed.push(oneReviewer(config));
  const others = all.filter(({ required }) => !required);
  const lacking = kinds
    .filter(([, known]) => !needed.some(({ name, focus }) => known.test(`${name} ${focus}`)))
    .map(
      ([name]): Reviewer => ({
        name,
        agent: needed[0]?.agent ?? 'reviewer',
        focus: name,
        required: true,
        tier: reviewTier(config),
      }),
    );
  if (sensitive) return [...needed, ...lacking, ...others];
  if (asked === undefined) return [...needed, ...others];
  return [...[...needed, ...lacking].slice(0, asked), ...others];
}

/** One more reviewer on the strongest tier, where the configuration wants that for such a risk. */
function frontierReview(
  { reviewPipeline }: ReviewedChange['config'],
  complexity: Complexity,
  { found }: ReviewRisks,
): Reviewer[] {
  const { enabled, triggerPatterns, skipForComplexity } = reviewPipeline.frontierReview;
  if (!enabled || skipForComplexity.includes(complexity)) return [];
  const groups = triggerPatterns.filter((group) =>
    found.some((one) => one.group === group && isCodeFile(one.file)),
  );
  if (groups.length === 0) return [];
  const focus = `the risks of this change: ${groups.join(', ')}`;
  return [{ name: 'frontier', agent: 'reviewer', focus, required: true, tier: 'frontier' }];
}

function configured(config: ReviewedChange['config']): Reviewer[] {
  return config.reviewPipeline.reviewers.map(({ name, agent, focus, required }) => ({
    name,
    agent,
    focus: focus ?? name,
    required,
    tier: reviewTier(config),
  }));
}

/** A model on this machine never reviews: the tier `free` becomes `cheap`. */
export function reviewTier({ llmOps }: Pick<BacklogConfig, 'llmOps'>): string {
  const { entryModelReview } = llmOps.routing;
  return entryModelReview === 'free' ? 'cheap' : entryModelReview;
}

/** Names that can be part of a file's name, each once. */
function withOwnNames(reviewers: readonly Reviewer[]): Reviewer[] {
  const taken = new Set<string>();
  return reviewers.map((reviewer) => {
    const plain =
      reviewer.name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 40) || 'reviewer';
    let name = plain;
    for (let count = 2; taken.has(name); count += 1) name = `${plain}-${count}`;
    taken.add(name);
    return { ...reviewer, name };
  });
}
