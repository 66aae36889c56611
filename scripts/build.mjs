// Builds dist/: CommonJS in chunks, reproducible (no paths, no times, names by content), with third-party notices and the
// library's types.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { commonJs, fileUrl, smallCommonJs } from './common-js.mjs';
import { coreChunk, noSubprograms } from './core-chunk.mjs';
import { declarationsOf } from './declarations.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const outdir = path.join(root, process.argv[2] ?? 'dist');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** @satisfies {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  outExtension: { '.js': '.cjs' },
  outdir,
  bundle: true,
  platform: 'node',
  target: 'node20.12',
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  define: {
    __BACKLOG_VERSION__: JSON.stringify(version),
    __BACKLOG_READER__: JSON.stringify(readerDigest()),
  },
  metafile: true,
  write: false,
  logLevel: 'warning',
};

/** @satisfies {import('esbuild').BuildOptions} */
const program = {
  ...common,
  // The library shares its chunks with the program.
  entryPoints: { main: 'src/main.ts', router: 'src/router/lib/index.ts', ledger: 'src/ledger/library.ts' },
  // Modules of this format alone can be split into chunks; `commonJs` makes of them what Node starts faster.
  splitting: true,
  format: 'esm',
  chunkNames: 'chunks/[name]-[hash]',
};
/** The names of those two are public. */
const libraries = ['router', 'ledger'];
// People and agents wait for these.
const instant = ['plain-ticket.ts', 'commands/ticket-write.ts'];
const core = await coreChunk(
  program,
  program.entryPoints.main,
  instant.map((file) => `src/cli/${file}`),
);

const chunks = await build({ ...program, plugins: [core, noSubprograms] });
const fast = await build({
  ...common,
  entryPoints: { fast: 'src/fast.ts' },
  // In this format a module that is imported late is also evaluated late, though all of them are one file.
  format: 'cjs',
  minify: false,
  define: { ...common.define, 'import.meta.url': '__fileUrl' },
  banner: { js: fileUrl },
});

rmSync(outdir, { recursive: true, force: true });
for (const { path: file, text } of chunks.outputFiles) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, commonJs(text, common.target));
}
for (const { path: file, text } of fast.outputFiles) writeFileSync(file, smallCommonJs(text, common.target));
for (const name of libraries)
  writeFileSync(path.join(outdir, `${name}.js`), `export * from './${name}.cjs';\n`);
for (const entry of ['router/lib/index.ts', 'ledger/library.ts']) {
  for (const [name, text] of declarationsOf(path.join(root, 'src'), entry)) {
    const file = path.join(outdir, 'types', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
copyFileSync(path.join(root, 'src/start.cjs'), path.join(outdir, 'start.cjs'));
writeFileSync(
  path.join(outdir, 'THIRD-PARTY-LICENSES.txt'),
  notices([chunks, fast].flatMap((result) => Object.keys(result.metafile.inputs))),
);

/** Of all that decides how a ticket file and a configuration are read: our own code and the libraries it reads with. */
function readerDigest() {
  const hash = createHash('sha256');
  for (const room of ['src/platform', 'src/project', 'src/project/schema', 'src/router/lib', 'src/tickets']) {
    const folder = path.join(root, room);
    for (const name of readdirSync(folder).sort())
      if (name.endsWith('.ts')) hash.update(name).update(readFileSync(path.join(folder, name)));
  }
  for (const name of ['yaml', 'gray-matter', 'zod'])
    hash.update(readFileSync(path.join(root, 'node_modules', name, 'package.json')));
  return hash.digest('hex').slice(0, 16);
}

/** The licence texts of the packages that the bundle really contains, by name. @param {string[]} inputs */
function notices(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match?.[1]) packages.add(match[1]);
  }
  return [...packages].sort().map(notice).join('\n');
}

/** @param {string} folder */
function notice(folder) {
  const full = path.join(root, folder);
  const manifest = JSON.parse(readFileSync(path.join(full, 'package.json'), 'utf8'));
  const file = existsSync(full) && readdirSync(full).find((name) => /^licen[cs]e/i.test(name));
  const text = file ? readFileSync(path.join(full, file), 'utf8') : `Licence: ${manifest.license}\n`;
  return `${manifest.name} ${manifest.version}\n${'-'.repeat(60)}\n${text.replaceAll('\r\n', '\n').trim()}\n`;
}
