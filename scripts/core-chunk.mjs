// A chunk for what most commands need. esbuild puts modules into one chunk when the same entry points reach them, and each
// command is an entry point of its own: left alone it makes dozens of small files, and to find, read and link each of them takes
// longer than most commands run. Here every command reaches all of what the instant ones need.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

/**
 * @param {import('esbuild').BuildOptions} options of the build that the plugin is for
 * @param {string} main the entry point that loads nothing before it knows which command is meant
 * @param {string[]} starts modules, relative to its folder, whose own static imports, libraries aside, are the core
 * @returns {Promise<import('esbuild').Plugin>}
 */
export async function coreChunk(options, main, starts) {
  const root = options.absWorkingDir ?? process.cwd();
  const { metafile } = await build({ ...options, metafile: true, write: false });
  const { inputs } = metafile;
  const core = [...reached(inputs, starts)].filter((file) => file.startsWith('src/')).sort();
  const late = Object.values(inputs).flatMap(({ imports }) =>
    imports.filter(({ kind, external }) => kind === 'dynamic-import' && !external).map((one) => one.path),
  );
  // The way in loads what it needs as it goes.
  const doors = Object.values(Object(options.entryPoints))
    .map(String)
    .filter((file) => file !== main);
  const wanting = new Set(
    [...late, ...doors].filter((file) => [...reached(inputs, [file])].some((one) => core.includes(one))),
  );
  return {
    name: 'core-chunk',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^backlog:core$/ }, () => ({ path: 'core', namespace: 'backlog' }));
      onLoad({ filter: /^core$/, namespace: 'backlog' }, () => ({
        contents: core.map((file) => `import ${JSON.stringify(`./${file}`)};`).join('\n'),
        resolveDir: root,
      }));
      onLoad({ filter: /\.ts$/ }, ({ path: file }) =>
        wanting.has(path.relative(root, file).split(path.sep).join('/'))
          ? { contents: `import 'backlog:core';\n${readFileSync(file, 'utf8')}`, loader: 'ts' }
          : undefined,
      );
    },
  };
}

/**
 * Modules that are loaded together with these.
 * @param {import('esbuild').Metafile['inputs']} inputs @param {string[]} starts @returns {Set<string>}
 */
function reached(inputs, starts) {
  const found = new Set(starts);
  for (const file of found)
    for (const { path: next, kind, external } of inputs[file]?.imports ?? [])
      if (kind !== 'dynamic-import' && !external) found.add(next);
  return found;
}

/**
 * The command parser can start other programs as subcommands, which is not made use of here: what that needs is loaded when it is
 * asked for.
 * @type {import('esbuild').Plugin}
 */
export const noSubprograms = {
  name: 'no-subprograms',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?child_process$/ }, ({ importer }) =>
      /node_modules[\\/]commander[\\/]/.test(importer)
        ? { path: 'child_process', namespace: 'backlog-late' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'backlog-late' }, () => ({
      contents: `exports.spawn = (...args) => require('node:child_process').spawn(...args);`,
    }));
  },
};
