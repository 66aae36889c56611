// Writes what follows from the schema of the configuration: JSON Schema, presets, the tables of docs/config.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

// Node 20 does not run TypeScript; the bundle is imported from memory and leaves nothing behind.
const bundle = await build({
  absWorkingDir: root,
  stdin: {
    contents: "export * from './config-files.ts'; export * from './config-doc.ts';",
    resolveDir: path.join(root, 'scripts'),
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.12',
  write: false,
  logLevel: 'warning',
});
const code = Buffer.from(bundle.outputFiles[0]?.contents ?? []).toString('base64');
const { configFiles, withKeyTables } = await import(`data:text/javascript;base64,${code}`);

const docs = 'docs/config.md';
const files = { ...configFiles(), [docs]: withKeyTables(readFileSync(path.join(root, docs), 'utf8')) };
for (const [name, content] of Object.entries(files)) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, String(content));
  console.log(name);
}
