import type { EvidenceLine } from './evidence.ts';

/** Whether a person has let the thing with this digest through. */
export function isAllowed(lines: readonly EvidenceLine[], digest: string): boolean {
  return lines.some(
    ({ record }) =>
      record.result === 'allowed' &&
      record.holds_for.kind === 'allowance' &&
      record.holds_for.digest === digest,
  );
}
