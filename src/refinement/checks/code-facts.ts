import path from 'node:path';
import type { World } from '../world.ts';
import { importedModules, ModuleIndex } from './imports.ts';

/** Most text that is read of a project in one pass, in characters. What lies beyond is counted as unknown. */
const MAX_READ = 256 * 1024 * 1024;

/** What is known of the project's files, from reading each once. */
export interface CodeFacts {
  /** Number of lines; `undefined` for a file that was not read. */
  lines(file: string): number | undefined;
  /** Which of the wanted names occur in the code. */
  readonly names: ReadonlySet<string>;
  /** Fixed segments of the routes and paths in the code's strings, and the names of its folders. */
  readonly segments: ReadonlySet<string>;
  /** Files that import a file directly. */
  importers(file: string): readonly string[];
  /** Files that a file imports directly. */
  imports(file: string): readonly string[];
  /** Not every file could be read: what was not found may be there all the same. */
  readonly partial: boolean;
}

export interface WantedFacts {
  readonly names: ReadonlySet<string>;
  /** Whether any endpoint is to be looked up. */
  readonly segments: boolean;
}

/** Reads every file of the project once. */
export function codeFacts(world: World, wanted: WantedFacts): CodeFacts {
  const lines = new Map<string, number>();
  const names = new Set<string>();
  const segments = new Set<string>();
  const modules = new ModuleIndex(world);
  const imports = new Map<string, string[]>();
  const importers = new Map<string, string[]>();
  let read = 0;
  let partial = false;
  for (const file of world.files) {
    const text = read > MAX_READ ? undefined : world.read(file);
    if (text === undefined) {
      partial ||= read > MAX_READ;
      continue;
    }
    read += text.length;
    lines.set(file, lineCount(text));
    if (wanted.names.size > 0 && names.size < wanted.names.size)
      for (const word of text.match(/[A-Za-z_$][\w$]*/g) ?? []) if (wanted.names.has(word)) names.add(word);
    if (wanted.segments) collectSegments(file, text, segments);
    const targets = new Set(importedModules(file, text).flatMap((name) => modules.resolve(file, name)));
    targets.delete(file);
    if (targets.size === 0) continue;
    imports.set(file, [...targets]);
    for (const target of targets) {
      const list = importers.get(target);
      if (list === undefined) importers.set(target, [file]);
      else list.push(file);
    }
  }
  return {
    lines: (file) => lines.get(file),
    names,
    segments,
    importers: (file) => importers.get(file) ?? [],
    imports: (file) => imports.get(file) ?? [],
    partial,
  };
}

function lineCount(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return text === '' || text.endsWith('\n') ? count : count + 1;
}

/** Frameworks name routes in strings, or by the folders that the handlers lie in. */
function collectSegments(file: string, text: string, segments: Set<string>): void {
  for (const part of file.split('/')) segments.add(path.posix.parse(part).name);
  for (const [, inside = ''] of text.matchAll(/["'`]([^"'`\s]{0,200})["'`]/g))
    if (inside.includes('/')) for (const part of inside.split(/[/?#]/)) segments.add(part);
}
