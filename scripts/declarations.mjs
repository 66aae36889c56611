// The types of the library: the declarations of one module and of all that they refer to, file by file, without a check of the
// whole program, so that a build stays quick. A module on that way says its exported types itself; where it does not, the build fails.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** @type {import('typescript').TranspileOptions} */
const options = {
  compilerOptions: {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    verbatimModuleSyntax: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    isolatedDeclarations: true,
    declaration: true,
    newLine: ts.NewLineKind.LineFeed,
  },
  reportDiagnostics: true,
};

const reference = /(from |import\()'(\.[^']+)\.ts'/g;

/** For each kind of module: TypeScript takes the types of an ES module for no others, and the other way round. */
const kinds = [
  ['.d.ts', '.js'],
  ['.d.cts', '.cjs'],
];

/**
 * @param {string} source folder of the sources
 * @param {string} entry module, relative to `source`
 * @returns {Map<string, string>} declaration texts by file name relative to `source`, in the order of the alphabet: of each
 * module one for `import` (`.d.ts`) and one for `require` (`.d.cts`)
 */
export function declarationsOf(source, entry) {
  /** @type {Map<string, string>} */
  const found = new Map();
  /** @type {Set<string>} */
  const seen = new Set();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = declarationOf(source, file);
    for (const [, , target] of text.matchAll(reference))
      open.push(path.posix.join(path.posix.dirname(file), `${target}.ts`));
    for (const [ending, target] of kinds)
      found.set(file.replace(/\.ts$/, ending ?? ''), text.replaceAll(reference, `$1'$2${target}'`));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {string} source @param {string} file */
function declarationOf(source, file) {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(
    readFileSync(path.join(source, file), 'utf8'),
    { ...options, fileName: file },
  );
  const [first] = diagnostics;
  if (first === undefined) return outputText;
  const line = first.file?.getLineAndCharacterOfPosition(first.start ?? 0).line ?? 0;
  const what = ts.flattenDiagnosticMessageText(first.messageText, '\n');
  throw new Error(`src/${file}:${line + 1}: ${what}; write the type of what is exported`);
}
