/** A fenced block of a page, with what the comments in front of it say. */
export interface Block {
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly body: string;
  /** `<!-- given: … -->`: in which state the example begins. */
  readonly given: string | undefined;
  /** `<!-- not run: … -->`: why nobody runs or compares it. */
  readonly notRun: string | undefined;
}

/** The fenced blocks of a page in Markdown, in their order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const lines = page.split('\n');
  let notes: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const text = lines[at] ?? '';
    const comment = /^<!-- ((?:given|not run): .+) -->$/.exec(text)?.[1];
    if (comment !== undefined) notes.push(comment);
    const [, fence, language = ''] = /^ *(`{3,})(.*)$/.exec(text) ?? [];
    if (fence === undefined) {
      if (comment === undefined && text.trim() !== '') notes = [];
      continue;
    }
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    if (end < 0) throw new Error(`line ${at + 1}: the fence is never closed`);
    const said = (key: string): string | undefined =>
      notes.find((note) => note.startsWith(`${key}: `))?.slice(key.length + 2);
    blocks.push({
      line: at + 1,
      language,
      body: lines.slice(at + 1, end).join('\n'),
      given: said('given'),
      notRun: said('not run'),
    });
    notes = [];
    at = end;
  }
  return blocks;
}

/** One command of an example, a here-document included. */
export interface Command {
  readonly text: string;
  /** What its comment announces by `(exit 1)`, else 0. */
  readonly exitCode: number;
}

/** The commands of a shell example: one a line; `<<'WORD'` reads on to WORD. */
export function commandsOf(body: string): Command[] {
  const commands: Command[] = [];
  const lines = body.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const first = lines[at] ?? '';
    if (first.trim() === '') continue;
    const word = /<<'(\w+)'/.exec(first)?.[1];
    const end = word === undefined ? at : lines.indexOf(word, at);
    if (end < 0) throw new Error(`no ${word} after: ${first}`);
    commands.push({
      text: lines.slice(at, end + 1).join('\n'),
      exitCode: Number(/#.*\(exit (\d+)\)/.exec(first)?.[1] ?? 0),
    });
    at = end;
  }
  return commands;
}

/** What differs from run to run in printed output: digests, ids, times and durations. */
export function settled(output: string): string {
  return output
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, '<day>')
    .replaceAll(/\b\d+\.\d s$/gm, '<duration>')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>')
    .replaceAll(/\b[0-9a-f]{12,}\b/g, '<digest>')
    .replaceAll(/ +(<duration>)$/gm, ' $1')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();
}
