import path from 'node:path';
import type { BacklogConfig } from '../../project/config.ts';
import type { AffectedFile } from '../../tickets/ticket.ts';
import { isTestFile } from '../test-file.ts';

/** A file with the tests of it: they stay together where they fit. */
export interface Unit {
  readonly files: readonly AffectedFile[];
  /** First folders of the code, two at most: `src/api`. */
  readonly module: string;
  /** What is built upon comes first. */
  readonly layer: number;
}

/** The usual layers by words in paths, the lowest first. What none names lies in the middle. */
const layers: readonly (readonly [layer: number, words: RegExp])[] = [
  [
    0,
    /(?:^|[/._-])(?:migrations?|schemas?|models?|entities|types?|interfaces?|proto|platform|config|constants)(?=[/._-]|$)/i,
  ],
  [
    1,
    /(?:^|[/._-])(?:db|database|store|stores|repositor(?:y|ies)|lib|utils?|core|domain|shared|common)(?=[/._-]|$)/i,
  ],
  [
    3,
    /(?:^|[/._-])(?:api|routes?|router|controllers?|handlers?|server|endpoints?|graphql|rest|middlewares?)(?=[/._-]|$)/i,
  ],
  [
    4,
    /(?:^|[/._-])(?:ui|web|views?|pages?|components?|frontend|client|cli|commands?|screens?|app)(?=[/._-]|$)/i,
  ],
  [5, /(?:^|\/)(?:docs?)\/|\.(?:md|mdx|rst)$/i],
];
const MIDDLE = 2;
const TESTS = 6;

/** The files of a ticket in units, in the order of the table. */
export function unitsOf(files: readonly AffectedFile[], config: BacklogConfig): Unit[] {
  const most = config.ticketConstraints.maxAffectedFiles;
  const code = files.filter(({ path: file }) => !isTestFile(file, config));
  const units = code.map((file) => ({
    files: [file],
    module: moduleOf(file.path),
    layer: layerOf(file.path),
  }));
  const byStem = new Map<string, { files: AffectedFile[] }>();
  for (const unit of units) {
    const stem = stemOf(unit.files[0]?.path ?? '');
    if (!byStem.has(stem)) byStem.set(stem, unit);
  }
  const others: Unit[] = [];
  for (const file of files) {
    if (!isTestFile(file.path, config)) continue;
    const unit = byStem.get(stemOf(file.path));
    if (unit !== undefined && unit.files.length < most) unit.files.push(file);
    else others.push({ files: [file], module: moduleOf(file.path), layer: TESTS });
  }
  return [...units, ...others];
}

function moduleOf(file: string): string {
  return file.split('/').slice(0, -1).slice(0, 2).join('/');
}

function layerOf(file: string): number {
  return layers.find(([, words]) => words.test(file))?.[0] ?? MIDDLE;
}

/** `user-service` of `src/user-service.ts`, `test/user-service.test.ts`, `test_user_service.py`. */
function stemOf(file: string): string {
  return path.posix
    .basename(file)
    .replace(/\..*$/, '')
    .replace(/^test_|_test$|Tests?$/, '')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase();
}

/**
 * Units in an order in which each comes after what it imports; where that leaves a choice, in the module of the one before it,
 * then by layer. What imports itself through others is taken by layer.
 * @param imports files that a file imports
 */
export function ordered(units: readonly Unit[], imports: (file: string) => readonly string[]): Unit[] {
  const owner = new Map(units.flatMap((unit) => unit.files.map(({ path: file }) => [file, unit] as const)));
  const needs = new Map(
    units.map((unit) => [
      unit,
      new Set(
        unit.files
          .flatMap(({ path: file }) => imports(file))
          .map((file) => owner.get(file))
          .filter((one) => one !== undefined && one !== unit),
      ),
    ]),
  );
  const rest = new Set(units);
  const order: Unit[] = [];
  while (rest.size > 0) {
    const free = [...rest].filter((unit) =>
      [...(needs.get(unit) ?? [])].every((one) => one === undefined || !rest.has(one)),
    );
    const module = order.at(-1)?.module;
    const [next] = (free.length > 0 ? free : [...rest]).toSorted(
      (a, b) =>
        Number(b.module === module) - Number(a.module === module) ||
        a.layer - b.layer ||
        compare(a.module, b.module) ||
        compare(a.files[0]?.path ?? '', b.files[0]?.path ?? ''),
    );
    if (next === undefined) break;
    rest.delete(next);
    order.push(next);
  }
  return order;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
