/** Node binaries to test with, by major version: `.ci/run` puts them there, `22=/path/to/node:24=/path/to/node`. */
const nodes = new Map(
  (process.env.BACKLOG_TEST_NODES ?? '')
    .split(':')
    .filter(Boolean)
    .map((entry): [string, string] => [entry.split('=')[0] ?? '', entry.slice(entry.indexOf('=') + 1)]),
);

/** A Node of this major version: the one that runs the tests, or one that was put there; `undefined` when there is none. */
export function nodeOf(major: string): string | undefined {
  return process.versions.node.startsWith(`${major}.`) ? process.execPath : nodes.get(major);
}
