import path from 'node:path';
import type { World } from '../world.ts';

const script = /\.[cm]?[jt]sx?$|\.(?:vue|svelte)$/;
const scriptEndings = [
  '.ts',
  '.tsx',
  '.js',
  '.jsx',
  '.mts',
  '.cts',
  '.mjs',
  '.cjs',
  '.vue',
  '.svelte',
  '.json',
];

/** What a file imports, as it is written: JavaScript, TypeScript, Python and Go. Read line by line, without a grammar. */
export function importedModules(file: string, text: string): string[] {
  if (script.test(file))
    return [...text.matchAll(/\b(?:from|import|require)[ \t]{0,8}\(?\s{0,20}["']([^"'\n]{1,300})["']/g)].map(
      ([, name = '']) => name,
    );
  if (file.endsWith('.py')) return pythonModules(text);
  if (file.endsWith('.go')) return goModules(text);
  return [];
}

/** `from .a import b` is `.a` and `.a.b`: what is imported may be a module itself. */
function pythonModules(text: string): string[] {
  const found: string[] = [];
  for (const [, from, names = '', plain] of text.matchAll(
    /^[ \t]{0,40}(?:from[ \t]{1,8}([.\w]{1,200})[ \t]{1,8}import[ \t]{0,8}([^\n#]{0,500})|import[ \t]{1,8}([\w., \t]{1,500}))/gm,
  )) {
    if (from !== undefined) {
      found.push(from);
      for (const name of names.replaceAll(/[()]/g, '').split(',')) {
        const first = name.trim().split(/\s/, 1)[0] ?? '';
        if (/^\w+$/.test(first)) found.push(from.endsWith('.') ? `${from}${first}` : `${from}.${first}`);
      }
    } else
      for (const name of (plain ?? '').split(',')) {
        const first = name.trim().split(/\s/, 1)[0] ?? '';
        if (first !== '') found.push(first);
      }
  }
  return found;
}

/** The strings of the import clauses, which stand before the first declaration. */
function goModules(text: string): string[] {
  const end = text.search(/^(?:func|type|var|const)\b/m);
  const head = end < 0 ? text : text.slice(0, end);
  const start = head.search(/^import\b/m);
  return start < 0 ? [] : [...head.slice(start).matchAll(/"([^"\n]{1,300})"/g)].map(([, name = '']) => name);
}

/** Finds the project's files behind what imports name; packages from outside are none. */
export class ModuleIndex {
  readonly #files: ReadonlySet<string>;
  readonly #folders = new Map<string, string[]>();
  readonly #goModules: readonly { readonly name: string; readonly folder: string }[];

  constructor(world: Pick<World, 'files' | 'read'>) {
    this.#files = new Set(world.files);
    for (const file of world.files) {
      if (!file.endsWith('.go') || file.endsWith('_test.go')) continue;
      const folder = path.posix.dirname(file);
      const list = this.#folders.get(folder);
      if (list === undefined) this.#folders.set(folder, [file]);
      else list.push(file);
    }
    this.#goModules = world.files
      .filter((file) => path.posix.basename(file) === 'go.mod')
      .flatMap((file) => {
        const name = /^module[ \t]{1,8}(\S{1,300})/m.exec(world.read(file) ?? '')?.[1];
        return name === undefined ? [] : [{ name, folder: path.posix.dirname(file) }];
      });
  }

  /** The files that `name`, imported in `file`, stands for. A package of Go stands for all of its files. */
  resolve(file: string, name: string): string[] {
    if (file.endsWith('.go')) return this.#goPackage(name);
    if (file.endsWith('.py')) return this.#python(file, name);
    const folder = path.posix.dirname(file);
    if (name.startsWith('.')) return this.#script(path.posix.join(folder, name));
    // The usual aliases of bundlers and frameworks for the folder of the sources.
    const alias = /^[@~]\/(.+)$/.exec(name)?.[1];
    if (alias === undefined) return [];
    return [...this.#script(`src/${alias}`), ...this.#script(alias)].slice(0, 1);
  }

  #script(base: string): string[] {
    const stem = base.replace(/\.[cm]?jsx?$/, '');
    const tries = [
      base,
      ...scriptEndings.map((ending) => `${base}${ending}`),
      ...(stem === base ? [] : ['.ts', '.tsx', '.mts', '.cts'].map((ending) => `${stem}${ending}`)),
      ...scriptEndings.map((ending) => `${base}/index${ending}`),
    ];
    const found = tries.find((one) => this.#files.has(one));
    return found === undefined ? [] : [found];
  }

  #python(file: string, name: string): string[] {
    const dots = /^\.*/.exec(name)?.[0].length ?? 0;
    const rest = name.slice(dots).replaceAll('.', '/');
    let folder = path.posix.dirname(file);
    for (let up = 1; up < dots; up += 1) folder = path.posix.dirname(folder);
    const bases =
      dots > 0 ? [path.posix.join(folder, rest)] : [rest, `src/${rest}`, path.posix.join(folder, rest)];
    for (const base of bases)
      for (const one of [`${base}.py`, `${base}/__init__.py`]) if (this.#files.has(one)) return [one];
    return [];
  }

  #goPackage(name: string): string[] {
    for (const module of this.#goModules) {
      if (name !== module.name && !name.startsWith(`${module.name}/`)) continue;
      return this.#folders.get(path.posix.join(module.folder, `.${name.slice(module.name.length)}`)) ?? [];
    }
    return [];
  }
}
