import { existsSync } from 'node:fs';
import path from 'node:path';
import { readTextIfExists } from '../platform/files.ts';
import { readManifest } from './manifest.ts';

export const stacks = ['typescript', 'javascript', 'python', 'go', 'rust', 'swift', 'generic'] as const;
export type Stack = (typeof stacks)[number];

/** The first match wins: a project with a package.json and a go.mod is a JavaScript one. */
const signs: readonly (readonly [stack: Stack, ...files: string[]])[] = [
  ['javascript', 'package.json'],
  ['python', 'pyproject.toml', 'setup.py', 'requirements.txt'],
  ['go', 'go.mod'],
  ['rust', 'Cargo.toml'],
  ['swift', 'Package.swift'],
];

/** The stack by the files in a project's root. */
export function detectStack(root: string): Stack {
  const there = (file: string): boolean => existsSync(path.join(root, file));
  const stack = signs.find(([, ...files]) => files.some(there))?.[0] ?? 'generic';
  return stack === 'javascript' && there('tsconfig.json') ? 'typescript' : stack;
}

/**
 * The project's name as its own manifest says, else the folder's name.
 * @returns a name that can be a tag (see {@link isTagValue}); other characters are replaced by `-`
 */
export function detectName(root: string, stack: Stack): string {
  const folder = path.basename(path.resolve(root));
  return toTagValue(nameInManifest(root, stack) ?? folder) || toTagValue(folder) || 'project';
}

/** Printable ASCII, at most 128 characters, no comma, no leading `!` or `&` (contracts: Attribution). */
export function isTagValue(value: string): boolean {
  return /^(?![!&])[\x20-\x2b\x2d-\x7e]{1,128}$/.test(value) && value.trim() === value;
}

function toTagValue(name: string): string {
  return name
    .replaceAll(/[^\x21-\x2b\x2d-\x7e]+/g, '-')
    .replace(/^[!&-]+/, '')
    .slice(0, 128);
}

function nameInManifest(root: string, stack: Stack): string | undefined {
  const read = (file: string): string => readTextIfExists(path.join(root, file)) ?? '';
  switch (stack) {
    case 'typescript':
    case 'javascript':
      return readManifest(root)?.name;
    case 'python':
      return tomlName(read('pyproject.toml'), ['project', 'tool.poetry']);
    case 'rust':
      return tomlName(read('Cargo.toml'), ['package']);
    case 'go':
      return goModuleName(read('go.mod'));
    case 'swift':
      return /\bPackage\s*\(\s*name:\s*"([^"\n]+)"/.exec(read('Package.swift'))?.[1];
    case 'generic':
      return undefined;
  }
}

/** `name = "…"` in one of these tables of a TOML file; only that line is understood, which is all that is asked. */
function tomlName(text: string, tables: readonly string[]): string | undefined {
  let table = '';
  for (const line of text.split('\n')) {
    const header = /^\s*\[([^[\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) table = header.trim();
    const name = /^\s*name\s*=\s*(?:"([^"]+)"|'([^']+)')/.exec(line);
    if (name && tables.includes(table)) return name[1] ?? name[2];
  }
  return undefined;
}

/** The last element of the module path; a major version (`/v2`) is none. */
function goModuleName(text: string): string | undefined {
  const module = /^module\s+"?([^\s"]+)/m.exec(text)?.[1];
  const elements = module?.split('/').filter((element) => element !== '') ?? [];
  const last = elements.at(-1);
  return last !== undefined && /^v\d+$/.test(last) && elements.length > 1 ? elements.at(-2) : last;
}
