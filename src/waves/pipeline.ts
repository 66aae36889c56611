import { pathRiskGroups } from '../gates/risk-groups.ts';
import type { Candidate } from './candidate.ts';

/** fast: one agent implements, one review; full: the reviewers of `reviewPipeline` in parallel. */
export type Pipeline = 'fast' | 'full';

export interface ChosenPipeline {
  readonly pipeline: Pipeline;
  /** The ticket is about security, so it gets the four reviewers and never the fast pipeline. */
  readonly sensitive: boolean;
  readonly why: string;
}

/** Risk groups, by path, whose tickets never go fast. */
const sensitiveGroups: ReadonlySet<string> = new Set(['auth', 'payment']);

type Judged = Pick<Candidate, 'prefix' | 'tags' | 'files' | 'classification'>;

/** Which pipeline a ticket takes. */
export function pipelineOf(ticket: Judged): ChosenPipeline {
  const why = sensitivity(ticket);
  if (why !== undefined) return { pipeline: 'full', sensitive: true, why };
  const { complexity } = ticket.classification;
  return { pipeline: complexity === 'complex' ? 'full' : 'fast', sensitive: false, why: complexity };
}

/** What makes a ticket one about security, in words; `undefined` when nothing does. */
export function sensitivity({ prefix, tags, files }: Omit<Judged, 'classification'>): string | undefined {
  if (/^SEC(?:URITY)?$/i.test(prefix)) return `prefix ${prefix}`;
  const tag = tags.find((one) => /^SEC(?:URITY)?$/i.test(one));
  if (tag !== undefined) return `tag ${tag}`;
  for (const file of files) {
    const group = pathRiskGroups(file).find((one) => sensitiveGroups.has(one));
    if (group !== undefined) return `${group} (${file})`;
  }
  return undefined;
}
