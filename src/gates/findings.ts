import type { ToolFinding } from './finding.ts';
import { documentReaders, jsonIn } from './finding-documents.ts';
import { arrowLine, biomeLine, generalLine, stylishReader, tscLine } from './finding-lines.ts';
import { plainLines } from './test-results.ts';

export type { ToolFinding } from './finding.ts';

/**
 * Reads the findings of a tool's output: the JSON of eslint, ruff, biome, golangci-lint, pyright and SARIF, eslint's stylish and
 * unix forms, tsc (plain and pretty), biome, ruff (concise and full), rustc and clippy, mypy, and everything that writes
 * `file:line: message`. What is no finding is left out, so an empty list never means "clean": that only the exit code says.
 * @param roots folders in which it ran, taken out of paths
 */
export function readFindings(output: string, roots: readonly string[]): ToolFinding[] {
  const document = jsonIn(output);
  for (const read of document === undefined ? [] : documentReaders) {
    const found = read(document?.value);
    if (found !== undefined) return withoutRoots(found, roots);
  }
  return lineFindings(plainLines(output, roots));
}

/** Files as they are named inside of the folders in which a tool ran. */
export function withoutRoots(findings: readonly ToolFinding[], roots: readonly string[]): ToolFinding[] {
  return findings.map((finding) => {
    const root = roots.find((one) => finding.file.startsWith(`${one}/`));
    return root === undefined ? finding : { ...finding, file: finding.file.slice(root.length + 1) };
  });
}

/** Which finding it is, wherever it moved to: without its line, and without the places that its message names. */
function findingKey(finding: ToolFinding): string {
  const message = finding.message
    .replace(/:\d+(?::\d+)?\b/g, ':#')
    .replace(/\(\d+,\d+\)/g, '(#)')
    .replace(/\bline \d+/g, 'line #')
    .replace(/\s+/g, ' ');
  return `${finding.file}\n${finding.rule}\n${message}`;
}

/** Findings that `base` does not have, counting how often: a second one of a kind in a file is new. */
export function newFindings(found: readonly ToolFinding[], base: readonly ToolFinding[]): ToolFinding[] {
  const left = new Map<string, number>();
  for (const finding of base) {
    const key = findingKey(finding);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  return found.filter((finding) => {
    const key = findingKey(finding);
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
}

function lineFindings(lines: readonly string[]): ToolFinding[] {
  const readers = [stylishReader(), tscLine, biomeLine, arrowLine, generalLine];
  return lines.flatMap((line, index) => {
    for (const read of readers) {
      const found = read(line, lines, index);
      if (found !== undefined) return [found];
    }
    return [];
  });
}
