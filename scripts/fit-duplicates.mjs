// Prints the coefficients of src/refinement/duplicates/score.ts, fitted on the tuning halves of the labelled tickets, which are all
// that it reads. `node scripts/fit-duplicates.mjs`; what it prints is written into score.ts by hand.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const labelled = path.join(root, 'tests/refinement/duplicates/labelled.ts');

// Node 20 does not run TypeScript; the bundle is imported from memory and leaves nothing behind.
const bundle = await build({
  absWorkingDir: root,
  entryPoints: ['scripts/fit-duplicates.ts'],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.12',
  // The labelled tickets lie beside the module that reads them.
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(labelled).href) },
  banner: {
    js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(path.join(root, 'package.json'))});`,
  },
  write: false,
  logLevel: 'warning',
});
const code = Buffer.from(bundle.outputFiles[0]?.contents ?? []).toString('base64');
const { examplesOf, fitted } = await import(`data:text/javascript;base64,${code}`);
console.log(fitted([...examplesOf('tuning'), ...examplesOf('tuning-bodies')]));
