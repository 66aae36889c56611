import type { CodeIndex } from './code-index.ts';
import { termsOf } from './terms.ts';

export interface PathMatches {
  /** How well the terms match the name of each file, by its number: one that the question names whole counts most. */
  readonly names: Float64Array;
  /** Files that have a term in their path. */
  readonly having: ReadonlyMap<string, readonly number[]>;
}

export function matchPaths(index: CodeIndex, terms: ReadonlyMap<string, number>): PathMatches {
  const having = new Map<string, number[]>();
  const own = index.files.map(({ path }, number) => {
    const slash = path.lastIndexOf('/') + 1;
    for (const term of new Set(termsOf(path))) {
      if (!terms.has(term)) continue;
      const files = having.get(term);
      if (files === undefined) having.set(term, [number]);
      else files.push(number);
    }
    return new Set(termsOf(path.slice(slash).replace(/\.[^.]*$/, '')));
  });
  const names = Float64Array.from(own, (name) => {
    let [gain, matched] = [0, 0];
    for (const term of name) {
      const share = terms.get(term);
      if (share === undefined) continue;
      gain += share * Math.log(1 + own.length / (having.get(term)?.length ?? 1));
      matched += share;
    }
    return (gain * matched) / Math.max(1, name.size);
  });
  return { names, having };
}

const tests =
  /(?:^|\/)(?:tests?|specs?|__tests__|testdata|fixtures|examples?)\/|[._-](?:test|spec)s?\.\w+$|(?:^|\/)test_/i;
const texts = /\.(?:md|mdx|markdown|rst|txt|adoc)$/i;
const data = /\.(?:json|ya?ml|toml|ini|csv|xml|html|css|scss)$/i;

/**
 * What a file's score is worth: tests, texts and data repeat the words of what they are about, and what is mostly asked for is
 * the code itself. Tickets have their own place in the answer.
 */
export function worthOf(path: string): number {
  if (tests.test(path)) return 0.6;
  return texts.test(path) || data.test(path) ? 0.7 : 1;
}
