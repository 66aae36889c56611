import { pathRiskGroups } from './risk-groups.ts';

/** Risk groups, by path, whose tickets never go fast. */
const sensitiveGroups: ReadonlySet<string> = new Set(['auth', 'payment']);

/** What in a ticket says that it is about security. */
export interface SensitiveParts {
  /** `SEC` of `SEC-004`. */
  readonly prefix: string;
  readonly tags: readonly string[];
  /** Paths that it may touch. */
  readonly files: readonly string[];
}

/** What makes a ticket one about security, in words; `undefined` when nothing does. */
export function sensitivity({ prefix, tags, files }: SensitiveParts): string | undefined {
  if (/^SEC(?:URITY)?$/i.test(prefix)) return `prefix ${prefix}`;
  const tag = tags.find((one) => /^SEC(?:URITY)?$/i.test(one));
  if (tag !== undefined) return `tag ${tag}`;
  for (const file of files) {
    const group = pathRiskGroups(file).find((one) => sensitiveGroups.has(one));
    if (group !== undefined) return `${group} (${file})`;
  }
  return undefined;
}
