import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { JsonDocument, JsonPath } from '../../project/json-positions.ts';

/** A YAML text with the line of each value, in the form that the checks of configurations read. */
export interface YamlDocument extends JsonDocument {
  /** What makes it no YAML, each with its line (1-based). Nothing else can be judged then. */
  readonly syntax: readonly { readonly line: number; readonly message: string }[];
}

export function parseYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number | undefined): number =>
    offset === undefined ? 1 : Math.max(1, lines.linePos(offset).line);
  const syntax = document.errors.map((error) => ({ line: lineAt(error.pos[0]), message: error.message }));
  const deepest = (path: JsonPath): unknown => {
    let node: unknown = document.contents;
    for (const step of path) {
      const child = childOf(node, step);
      if (child === undefined) break;
      node = child;
    }
    return node;
  };
  return {
    value: syntax.length > 0 ? undefined : document.toJS(),
    problems: [],
    syntax,
    lineOf: (path) => lineAt(startOf(deepest(path))),
    lineOfKey: (path, key) => {
      const parent = deepest(path);
      const pair = isMap(parent)
        ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      return lineAt(startOf(pair?.key) ?? startOf(parent));
    },
  };
}

function childOf(node: unknown, step: PropertyKey): unknown {
  if (isMap(node)) return node.get(String(step), true);
  return isSeq(node) ? node.get(Number(step), true) : undefined;
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? (node satisfies Node).range?.[0] : undefined;
}
