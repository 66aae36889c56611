import path from 'node:path';
import type { GateCall } from '../gates/call.ts';
import { claudeFolder } from '../ledger/transcript-folders.ts';
import { type DisciplineName, disciplineNames } from '../project/disciplines.ts';
import { PLUGIN, referencesFolder } from './agents.ts';
import { describedIn, type Entry, entriesOf, readHead } from './front-matter.ts';

/** A discipline of ours, or somebody else's skill. */
export interface Skill {
  /** `frontend`; of another plugin `its-name:its-skill`, as Claude Code calls it. */
  readonly name: string;
  readonly description: string;
  /** Absolute. */
  readonly file: string;
  /** Not ours: found by its name and description, never run or loaded unasked. */
  readonly external: boolean;
  /** Disciplines that its name and description speak of; our own is itself. */
  readonly fits: readonly DisciplineName[];
}

/** How deep the plugins' folder is searched: `cache/<market>/<plugin>/<version>/skills`. */
const MOST_DEPTH = 6;
/** Most folders that are opened on the way, and most skills that are found. */
const MOST_FOLDERS = 4000;
const MOST_SKILLS = 1000;

const words: Readonly<Record<DisciplineName, RegExp>> = {
  'tests-first': /\btdd\b|\btest[- ](?:driven|first)|\btests? first\b/i,
  'code-review': /\bcode[- ]review|\breview(?:ing|er)? (?:of )?(?:code|changes|pull)/i,
  debugging: /\bdebug|\broot[- ]cause/i,
  security: /\bsecurity\b|\bvulnerabilit|\bthreat model/i,
  architecture: /\barchitecture\b|\bsystem design\b/i,
  frontend: /\bfront-?end\b|\buser interface\b|\bweb design\b|\baccessib/i,
  performance: /\bperformance\b|\bprofiling\b|\boptimi[sz]/i,
};

/** Our seven disciplines. */
export function ownSkills(): readonly Skill[] {
  return disciplineNames.map((name) => {
    const file = disciplineFile(name);
    const title = /^# (.+)$/m.exec(readHead(file) ?? '')?.[1] ?? '';
    return { name, description: title.trim(), file, external: false, fits: [name] };
  });
}

export function disciplineFile(name: DisciplineName): string {
  return path.join(referencesFolder(), 'disciplines', `${name}.md`);
}

/**
 * Skills of other installed plugins, of the user and of the project, by name: only the beginning of each SKILL.md is read.
 * Folders that are links are not searched, so nothing goes in a circle; what is too much is left out.
 */
export function externalSkills(call: Pick<GateCall, 'paths' | 'env'>): readonly Skill[] {
  const home = claudeFolder(call.env);
  const found = new Map<string, Skill>();
  for (const folder of [
    path.join(call.paths.mainRoot, '.claude/skills'),
    path.join(call.paths.root, '.claude/skills'),
    path.join(home, 'skills'),
  ])
    for (const skill of skillsIn(folder, undefined)) if (!found.has(skill.name)) found.set(skill.name, skill);
  for (const skill of pluginSkills(path.join(home, 'plugins'))) found.set(skill.name, skill);
  return [...found.values()].slice(0, MOST_SKILLS).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A later version of a plugin comes after an earlier one, and replaces it. */
function pluginSkills(folder: string): Skill[] {
  const found: Skill[] = [];
  let left = MOST_FOLDERS;
  const search = (at: string, depth: number): void => {
    if (left <= 0 || found.length >= MOST_SKILLS) return;
    left -= 1;
    const entries = entriesOf(at).filter(mayBeSearched);
    if (entries.some(({ name }) => name === 'skills')) {
      const plugin = pluginName(at);
      if (plugin !== PLUGIN) found.push(...skillsIn(path.join(at, 'skills'), plugin));
      return;
    }
    if (depth < MOST_DEPTH)
      for (const { name } of entries.toSorted((a, b) => byNumber(a.name, b.name)))
        search(path.join(at, name), depth + 1);
  };
  search(folder, 0);
  return found;
}

/** Folders without an installed plugin: what markets offer, and what plugins keep. */
const passedOver: ReadonlySet<string> = new Set(['marketplaces', 'data', 'node_modules']);

function mayBeSearched({ name, folder }: Entry): boolean {
  return folder && !name.startsWith('.') && !passedOver.has(name);
}

/** `skills/<name>/SKILL.md`, one level deep; a skill's folder may be a link. */
function skillsIn(folder: string, plugin: string | undefined): Skill[] {
  return entriesOf(folder)
    .filter((entry) => entry.folder || entry.link)
    .slice(0, MOST_SKILLS)
    .flatMap(({ name: folderName }) => {
      const file = path.join(folder, folderName, 'SKILL.md');
      const described = describedIn(file);
      if (described === undefined) return [];
      const own = described.name ?? folderName;
      const text = `${own.replaceAll(/[-_]/g, ' ')} ${own} ${described.description}`;
      return [
        {
          name: plugin === undefined ? own : `${plugin}:${own}`,
          description: described.description,
          file,
          external: true,
          fits: disciplineNames.filter((discipline) => words[discipline].test(text)),
        },
      ];
    });
}

/** As its manifest says; without one, as its folder is called, or the one above a version's. */
function pluginName(folder: string): string {
  try {
    const manifest: unknown = JSON.parse(readHead(path.join(folder, '.claude-plugin/plugin.json')) ?? '');
    const name =
      typeof manifest === 'object' && manifest !== null && 'name' in manifest ? manifest.name : undefined;
    if (typeof name === 'string' && /^[\w.-]{1,64}$/.test(name)) return name;
  } catch {
    // A manifest that cannot be read leaves the folder's name.
  }
  const base = path.basename(folder);
  return /^v?\d/.test(base) ? path.basename(path.dirname(folder)) : base;
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
