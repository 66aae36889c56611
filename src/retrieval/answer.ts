import type { ProjectPaths } from '../project/paths.ts';
import { CHARACTERS_A_TOKEN } from './chunks.ts';
import type { CodeIndex } from './code-index.ts';
import { bestOf } from './pick.ts';
import { type Ranked, rankChunks } from './rank.ts';
import { readSource, type SourceKind } from './sources.ts';

/** A found piece with its text. */
export interface Found {
  /** With forward slashes, from the project's folder. */
  readonly path: string;
  readonly kind: SourceKind;
  /** 1-based, both included. */
  readonly start: number;
  readonly end: number;
  /** Names of what it declares, or its heading; may be empty. */
  readonly symbols: string;
  /** Larger is better; comparable within one answer only. */
  readonly score: number;
  readonly text: string;
  /** Estimate: four characters a token. */
  readonly tokens: number;
  /** It ends early, because of the budget. */
  readonly cut: boolean;
}

export interface Wanted {
  readonly question: string;
  /** Most pieces. */
  readonly top: number;
  /** Most tokens of all pieces together; without it as many as they have. */
  readonly budgetTokens?: number | undefined;
  /** Pieces that are not wanted, such as those of the asking ticket itself. */
  readonly without?: ((path: string) => boolean) | undefined;
}

/** Another order of the chunks, such as that of their vectors; made one with ours. */
export type Reorder = (ranked: readonly Ranked[]) => readonly Ranked[];

/** A cut piece of fewer lines than these says nothing. */
const FEWEST_LINES = 3;

/** The best pieces for a question, read from the files as they are now. */
export function answer(
  index: CodeIndex,
  paths: ProjectPaths,
  { question, top, budgetTokens = Number.POSITIVE_INFINITY, without }: Wanted,
  reorder: Reorder = (ranked) => ranked,
): Found[] {
  const textOf = chunkReader(index, paths);
  const pathOf = (chunk: number) => index.files[index.chunkFile[chunk] ?? 0]?.path ?? '';
  const ranked = reorder(rankChunks(index, question, textOf));
  const wanted = without === undefined ? ranked : ranked.filter(({ chunk }) => !without(pathOf(chunk)));
  const found: Found[] = [];
  let left = budgetTokens;
  for (const { chunk, score } of bestOf(index, wanted, top)) {
    const text = textOf(chunk);
    if (text === undefined) continue;
    const shown = fitted(text, left);
    if (shown === undefined) break;
    left -= tokensOf(shown);
    const start = index.chunkStart[chunk] ?? 1;
    const file = index.files[index.chunkFile[chunk] ?? 0];
    found.push({
      path: file?.path ?? '',
      kind: file?.kind ?? 'code',
      start,
      end: start + shown.split('\n').length - 1,
      symbols: index.symbols[chunk] ?? '',
      score: Number(score.toFixed(4)),
      text: shown,
      tokens: tokensOf(shown),
      cut: shown.length < text.length,
    });
    if (shown.length < text.length) break;
  }
  return found;
}

/** Reads the text of chunks, each file once. */
export function chunkReader(index: CodeIndex, paths: ProjectPaths): (chunk: number) => string | undefined {
  const read = new Map<number, readonly string[] | undefined>();
  return (chunk) => {
    const number = index.chunkFile[chunk] ?? 0;
    const file = index.files[number];
    if (file === undefined) return undefined;
    if (!read.has(number)) read.set(number, readSource(file, paths)?.toString('utf8').split(/\r?\n/));
    return read
      .get(number)
      ?.slice((index.chunkStart[chunk] ?? 1) - 1, index.chunkEnd[chunk] ?? 0)
      .join('\n');
  };
}

export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_A_TOKEN);
}

/** The text, or as many whole lines of it as the budget holds; `undefined` when those would be too few. */
function fitted(text: string, tokens: number): string | undefined {
  if (tokensOf(text) <= tokens) return text;
  const most = tokens * CHARACTERS_A_TOKEN;
  const end = text.lastIndexOf('\n', most);
  if (end <= 0 || most <= 0) return undefined;
  const cut = text.slice(0, end);
  return cut.split('\n').length < FEWEST_LINES ? undefined : cut;
}
