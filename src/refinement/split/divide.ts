import type { BodyLine, BodySection } from '../../tickets/body.ts';
import { criteriaNamed, significantWords } from '../checks/consistency.ts';
import { pathWords, simpleCommands } from '../commands.ts';
import { normal } from '../world.ts';
import type { Part } from './plan.ts';

/** Lines of a section that belong together: an item with what is indented below it, or a line of its own. */
interface Block {
  readonly lines: readonly string[];
  readonly isItem: boolean;
  readonly isHeading: boolean;
  readonly isCommand: boolean;
  /** 1-based line of the first. */
  readonly line: number;
}

/** The criteria section for one part: its own items, and everything that is no criterion. */
export function criteriaFor(section: BodySection, part: Part, all: readonly Part[]): string {
  const own = new Set(part.criteria.map(({ line }) => line));
  const anybodys = new Set(all.flatMap(({ criteria }) => criteria.map(({ line }) => line)));
  return textOf(blocksOf(section.lines).filter(({ line }) => own.has(line) || !anybodys.has(line)));
}

/** The test strategy for one part: tests of its criteria, commands that do not name only another part's files. */
export function strategyFor(section: BodySection, index: number, all: readonly Part[]): string {
  const blocks = blocksOf(section.lines);
  const kept = blocks.filter((block) => !block.isItem || ownerOf(block, all) === index);
  const commands = kept.filter((block) => block.isCommand && !isOthers(block, index, all));
  // A part without any command could never be verified: then those of the whole ticket stand for it.
  const some =
    commands.length > 0 ? kept.filter((block) => !block.isCommand || commands.includes(block)) : kept;
  return textOf(
    some.filter((block) => !block.isHeading || hasContent(some, block) || !hasContent(blocks, block)),
  );
}

/** The part of the first criterion that an item names, else of the words that it shares with files and criteria. */
function ownerOf({ lines }: Block, all: readonly Part[]): number {
  const text = lines.join(' ');
  const named = criteriaNamed(text);
  const byName = all.findIndex(({ criteria }) => criteria.some(({ id }) => named.has(id)));
  if (byName >= 0) return byName;
  const words = significantWords(text);
  const scores = all.map(({ files, criteria }) => {
    const own = significantWords(
      [...files.map(({ path: file }) => file), ...criteria.map((one) => one.text)].join(' '),
    );
    return [...words].filter((word) => own.has(word)).length;
  });
  return scores.indexOf(Math.max(...scores));
}

function isOthers({ lines }: Block, index: number, all: readonly Part[]): boolean {
  const files = simpleCommands(lines.join('\n')).flatMap(({ words }) =>
    pathWords(words).map((word) => normal(word)),
  );
  const has = (part: Part | undefined): boolean =>
    part?.files.some(({ path: file }) => files.includes(normal(file))) === true;
  return all.some(has) && !has(all[index]);
}

/** Whether anything stands below a heading, up to the next one. */
function hasContent(blocks: readonly Block[], heading: Block): boolean {
  const rest = blocks.slice(blocks.indexOf(heading) + 1);
  const until = rest.findIndex(({ isHeading }) => isHeading);
  const below = until < 0 ? rest : rest.slice(0, until);
  return below.some(({ lines }) => lines.some((line) => line.trim() !== ''));
}

function blocksOf(lines: readonly BodyLine[]): Block[] {
  const blocks: { lines: string[]; isItem: boolean; isHeading: boolean; isCommand: boolean; line: number }[] =
    [];
  for (const { text, kind, heading, line } of lines) {
    const last = blocks.at(-1);
    const isItem = kind === 'text' && /^[-*+] /.test(text);
    const continues = last?.isItem === true && /^\s+\S/.test(text) && heading === undefined;
    if (continues) last?.lines.push(text);
    else
      blocks.push({
        lines: [text],
        isItem,
        isHeading: heading !== undefined,
        isCommand: kind === 'code' && text.trim() !== '',
        line,
      });
  }
  return blocks;
}

function textOf(blocks: readonly Block[]): string {
  return blocks
    .flatMap(({ lines }) => lines)
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}
