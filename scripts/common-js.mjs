// Chunks of ES modules as CommonJS: on Node 20 the loader of ES modules alone costs a tenth of a start, and more with each chunk.
import { transformSync } from 'esbuild';
import ts from 'typescript';

/** What CommonJS has for `import.meta.url`. */
export const fileUrl = "const __fileUrl=require('node:url').pathToFileURL(__filename).href;";

/**
 * @param {string} text of an ES module, as esbuild has bundled it
 * @param {string} target oldest Node, as esbuild names it
 */
export function commonJs(text, target) {
  const { code } = transformSync(withPlainRequires(text), {
    format: 'cjs',
    platform: 'node',
    target,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__fileUrl' },
  });
  return `'use strict';${code.includes('__fileUrl') ? fileUrl : ''}${exportedOnce(code)}`;
}

/**
 * A bundle that is CommonJS already, and not minified yet.
 * @param {string} text @param {string} target
 */
export function smallCommonJs(text, target) {
  // Declarations that are only named, and not used.
  const used = text.replaceAll(/^ *var [\w$, ]+;$/gm, '');
  const plain = text.replaceAll(
    /\b(\w+) = __toESM\(require\("(node:[a-z/_]+)"\)(?:, 1)?\)/g,
    (copied, name, module) =>
      // Where more than the default is used, the copy is.
      new RegExp(`\\b${name}\\b(?! = |\\.default\\b)`).test(used)
        ? copied
        : `${name} = {default:require("${module}")}`,
  );
  const { code } = transformSync(plain, {
    format: 'cjs',
    platform: 'node',
    minify: true,
    target,
    charset: 'utf8',
    legalComments: 'none',
  });
  return exportedOnce(code);
}

/** esbuild hands out a copy of what a module exports, a getter on each getter; the first is as good. @param {string} code */
function exportedOnce(code) {
  return code.replace(
    /;module\.exports=[\w$]+\(([\w$]+)\);/,
    ';module.exports=Object.defineProperty($1,"__esModule",{value:!0});',
  );
}

/**
 * Each of Node's own modules required once, and by a plain call. esbuild asks for a module again for each file that imports it, and
 * copies its properties, one by one, where the default is imported, as it cannot know that there is nothing to convert: `node:path`
 * alone took a short command 2 ms.
 * @param {string} text
 */
function withPlainRequires(text) {
  if (!/from ?["']node:/.test(text)) return text;
  const file = ts.createSourceFile('chunk.js', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  /** @type {Map<string, string[]>} */
  const defaults = new Map();
  /** @type {Map<string, string[]>} */
  const named = new Map();
  let rest = '';
  let end = 0;
  for (const statement of file.statements) {
    const found = importOfNode(statement);
    if (found === undefined) continue;
    const [into, names] = found.name === undefined ? [named, found.names] : [defaults, [found.name]];
    into.set(found.module, [...(into.get(found.module) ?? []), ...names]);
    rest += text.slice(end, statement.getStart(file));
    end = statement.end;
  }
  const required = [...defaults].map(
    ([module, [first, ...others]]) =>
      `const ${[`${first}=require(${JSON.stringify(module)})`, ...others.map((name) => `${name}=${first}`)].join(',')};`,
  );
  const imported = [...named].map(
    ([module, names]) => `import{${names.join(',')}}from${JSON.stringify(module)};`,
  );
  return imported.join('') + required.join('') + rest + text.slice(end);
}

/** An import of the default, or of names, alone. @param {ts.Statement} statement */
function importOfNode(statement) {
  if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return undefined;
  const module = statement.moduleSpecifier.text;
  const { name, namedBindings } = statement.importClause ?? {};
  if (!module.startsWith('node:')) return undefined;
  if (name !== undefined && namedBindings === undefined) return { module, name: name.text, names: [] };
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings))
    return undefined;
  return { module, name: undefined, names: namedBindings.elements.map((element) => element.getText()) };
}
