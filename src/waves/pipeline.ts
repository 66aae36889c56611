import { sensitivity } from '../gates/sensitivity.ts';
import type { Candidate } from './candidate.ts';

/** fast: one agent implements, one review; full: the reviewers of `reviewPipeline` in parallel. */
export type Pipeline = 'fast' | 'full';

export interface ChosenPipeline {
  readonly pipeline: Pipeline;
  /** The ticket is about security, so it gets the four reviewers and never the fast pipeline. */
  readonly sensitive: boolean;
  readonly why: string;
}

type Judged = Pick<Candidate, 'prefix' | 'tags' | 'files' | 'classification'>;

/** Which pipeline a ticket takes. */
export function pipelineOf(ticket: Judged): ChosenPipeline {
  const why = sensitivity(ticket);
  if (why !== undefined) return { pipeline: 'full', sensitive: true, why };
  const { complexity } = ticket.classification;
  return { pipeline: complexity === 'complex' ? 'full' : 'fast', sensitive: false, why: complexity };
}
