import type { LocalModel } from '../router/local-model.ts';
import type { Candidate } from './candidate.ts';
import { type LocalRecord, localRecordPlace } from './local-attempts.ts';
import type { RoutingEvent } from './routing-log.ts';

/** Most files of a ticket that the local model may plan. */
const MOST_FILES = 3;
/** Share of attempts that went to a paid model from which the local one is left out. */
const MOST_ESCALATED = 0.3;
/** Attempts from which the share is judged: one failure of one attempt says nothing. */
const LEAST_ATTEMPTS = 5;

/** What the answer rests on beside the ticket. */
export interface LocalFacts {
  readonly ticket: Pick<Candidate, 'id' | 'tags' | 'prefix' | 'files' | 'classification'>;
  /** Ids of the ticket's dependencies that are in the same wave. */
  readonly dependsInWave: readonly string[];
  readonly record: LocalRecord;
  /** The local model was at this ticket and failed. */
  readonly failure: RoutingEvent | undefined;
  readonly model: LocalModel;
}

export interface LocalFirst {
  /** The ticket may go to the local model, and the model is there. */
  readonly eligible: boolean;
  /** Everything that speaks against it; when nothing does, what speaks for it. */
  readonly why: readonly string[];
}

/** The "junior programmer" rule: small, safe tickets whose text a model of this machine may write. */
export function localFirst({ ticket, dependsInWave, record, failure, model }: LocalFacts): LocalFirst {
  const { complexity, reasons } = ticket.classification;
  const heavy = [...ticket.tags, ticket.prefix].find((one) => /^(?:ARCH|SEC|SECURITY)$/i.test(one));
  const share = record.attempts < LEAST_ATTEMPTS ? 0 : record.escalated / record.attempts;
  const against = [
    complexity === 'complex' ? `complex (${reasons.join(', ')})` : undefined,
    heavy === undefined ? undefined : `it is about ${heavy}`,
    ticket.files.length > MOST_FILES
      ? `${ticket.files.length} affected files, more than ${MOST_FILES}`
      : undefined,
    dependsInWave.length === 0 ? undefined : `depends on ${dependsInWave.join(', ')} of the same wave`,
    failure === undefined ? undefined : `the local model failed at ${failure.gate}: ${failure.reason}`,
    share < MOST_ESCALATED
      ? undefined
      : `${record.escalated} of ${record.attempts} local attempts were escalated, ${percent(MOST_ESCALATED)} is the limit (${localRecordPlace})`,
    model.up ? undefined : model.why,
  ].filter((one) => one !== undefined);
  return against.length > 0
    ? { eligible: false, why: against }
    : { eligible: true, why: [`${complexity}, ${reasons.join(', ')}`, model.why] };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
