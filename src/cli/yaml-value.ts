import { type Document, isAlias, isMap, parseDocument, visit } from 'yaml';

/** The value of a `--set`, as YAML (core schema). */
export function yamlValue(raw: string): unknown {
  const document = parseDocument(raw, { version: '1.2', schema: 'core', logLevel: 'silent' });
  return isPlainValue(document) ? document.toJS() : raw;
}

/**
 * What is no YAML, such as `a: b: c`, what would be a map, and what YAML would not keep whole (comments, anchors, aliases,
 * tags) is meant as it stands.
 */
function isPlainValue(document: Document.Parsed): boolean {
  const { errors, warnings, contents, comment, commentBefore } = document;
  if (errors.length > 0 || warnings.length > 0 || contents === null || isMap(contents)) return false;
  let plain = !comment && !commentBefore;
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node) || node.anchor || node.tag || node.comment || node.commentBefore) plain = false;
    },
  });
  return plain;
}
