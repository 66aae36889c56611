import { type Finding, failed, ok, warning } from './finding.ts';

type Version = readonly [major: number, minor: number, patch: number];

/** Releases that must not run, and why (LiteLLM's own advisories and issues). */
const refused: readonly { readonly from: Version; readonly to: Version; readonly why: string }[] = [
  { from: [1, 82, 7], to: [1, 82, 8], why: 'it carried a credential stealer (MAL-2026-2144)' },
  { from: [1, 83, 10], to: [1, 83, 14], why: 'it drops the tags of clients without a word' },
];
/** The first release that merges tags again after those that dropped them. */
const oldest: Version = [1, 84, 0];
const FIX = 'install a newer one: pip install --upgrade "litellm[proxy]>=1.84.0", or raise the image tag';

/** What is to be said about a version of LiteLLM; `undefined` when it could not be seen. */
export function litellmVersion(text: string | undefined): Finding {
  const check = 'litellm-version';
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text ?? '') ?? [];
  if (text === undefined || major === undefined || minor === undefined || patch === undefined)
    return warning(
      check,
      text === undefined ? 'LiteLLM does not say its version' : `LiteLLM says version "${text}"`,
      'compare by hand: 1.84.0 or newer, never 1.82.7, 1.82.8 or 1.83.10 to 1.83.14',
    );
  const version: Version = [Number(major), Number(minor), Number(patch)];
  const bad = refused.find(({ from, to }) => !before(version, from) && !before(to, version));
  if (bad !== undefined) {
    const stolen = bad.to[1] === 82;
    return failed(
      check,
      `LiteLLM ${text} must not run: ${bad.why}`,
      stolen ? `take it off, change every key that it could read, then ${FIX}` : FIX,
    );
  }
  if (before(version, oldest))
    return warning(
      check,
      `LiteLLM ${text} is older than ${oldest.join('.')}, the least that its tags are trusted from`,
      FIX,
    );
  return ok(check, `LiteLLM ${text}`);
}

function before(left: Version, right: Version): boolean {
  const index = left.findIndex((part, position) => part !== right[position]);
  return index !== -1 && (left[index] ?? 0) < (right[index] ?? 0);
}
