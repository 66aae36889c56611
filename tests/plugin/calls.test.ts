import { describe, expect, it } from 'vitest';
import { commandRows } from '../../src/cli/commands.ts';
import { buildProgram } from '../../src/cli/program.ts';
import type { CommandRow } from '../../src/cli/table.ts';
import { backlogCalls, wordsOf } from './calls.ts';
import { agents, commands, filesIn, readText, references, skills } from './parts.ts';

const everywhere = ['--json', '--help', '--no-color', '--cwd'];

const files = [...[...skills, ...commands, ...agents].map((part) => part.file), ...references];
const calls = files.flatMap((file) =>
  backlogCalls(readText(file)).map((call) => ({ where: `${file}:${call.line}`, text: call.text })),
);

/** What is wrong with a call; nothing when it names a row and only flags and as many arguments as the row has. */
function wrongWith(text: string): string[] {
  const [, ...words] = wordsOf(text);
  const row = rowOf(words);
  if (row === undefined) return [`no such command: ${text}`];
  const rest = words.slice(words[0]?.startsWith('-') || words.length === 0 ? 0 : nameLength(row, words));
  const problems: string[] = [];
  let given = 0;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    if (!word.startsWith('--')) {
      given += 1;
      continue;
    }
    const flag = (row.options ?? []).find(([flags]) => flags.split(/[ ,]+/).includes(word));
    if (flag === undefined && !everywhere.includes(word)) problems.push(`no flag ${word}: ${text}`);
    if (flag?.[0].includes('<') || word === '--cwd') at += 1; // its value
  }
  const wanted = (row.args ?? '').split(' ').filter(Boolean);
  const least = wanted.filter((each) => each.startsWith('<')).length;
  const most = row.args?.includes('...') ? Number.POSITIVE_INFINITY : wanted.length;
  if (given < least || given > most) problems.push(`${given} arguments for \`${row.args ?? ''}\`: ${text}`);
  return problems;
}

function rowOf(words: readonly string[]): CommandRow | undefined {
  if (words.length === 0 || words[0]?.startsWith('--')) return named('overview');
  return named(words.slice(0, 2).join(' ')) ?? named(words[0] ?? '');
}

function named(name: string): CommandRow | undefined {
  return commandRows.find((row) => row.name === name || row.aliases?.includes(name));
}

function nameLength(row: CommandRow, words: readonly string[]): number {
  return [row.name, ...(row.aliases ?? [])].includes(words.slice(0, 2).join(' ')) ? 2 : 1;
}

/** The row that the program itself takes a call for, and the flags that arrive there. */
async function arrivesAt(text: string): Promise<{ row: string; lost: string[] }> {
  const [, ...typed] = wordsOf(text);
  const words = typed.length === 0 || typed[0]?.startsWith('--') ? ['overview', ...typed] : typed;
  const flags = words.filter((word) => word.startsWith('--') && !everywhere.includes(word));
  const taken: { row: string; lost: string[] }[] = [];
  const program = buildProgram(commandRows, async (row, call) => {
    const arrived = (flag: string): boolean => {
      const name = flag.slice(2).replaceAll(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
      if (flag.startsWith('--no-')) return call.isOff(name.charAt(2).toLowerCase() + name.slice(3));
      return call.flag(name) || call.texts(name).length > 0;
    };
    taken.push({ row: row.name, lost: flags.filter((flag) => !arrived(flag)) });
  });
  await program.parseAsync(words, { from: 'user' });
  return taken[0] ?? { row: 'none', lost: [] };
}

describe('calls of the program in the texts that the model reads', () => {
  it('are found', () => {
    expect(calls.length).toBeGreaterThan(20);
  });

  it.each(calls)('$where: $text', ({ text }) => {
    expect(wrongWith(text)).toEqual([]);
  });

  it.each(calls)('$where reaches its command with its flags: $text', async ({ text }) => {
    const [, ...words] = wordsOf(text);
    expect(await arrivesAt(text)).toEqual({ row: rowOf(words)?.name, lost: [] });
  });

  it.each([
    ['backlog tickets list', 'no such command: backlog tickets list'],
    ['backlog ticket show', '0 arguments for `<id>`: backlog ticket show'],
    ['backlog gate run lint --id X', 'no flag --id: backlog gate run lint --id X'],
  ])('a wrong one is told: %s', (call, problem) => {
    expect(wrongWith(call)).toContain(problem);
  });

  it('the documentation names commands that there are', () => {
    const pages = ['README.md', ...filesIn('docs').filter((file) => file.endsWith('.md'))];
    const groups = new Set(commandRows.map(({ name }) => name.split(' ')[0] ?? ''));
    const unknown = pages.flatMap((file) =>
      backlogCalls(readText(file))
        .map(({ line, text }) => ({ where: `${file}:${line}`, words: wordsOf(text).slice(1) }))
        // A group is named for all of its commands; what ends with a colon is a line of a log.
        .filter(
          ({ words }) =>
            /^[a-z-]+$/.test(words[0] ?? '') && !(words.length === 1 && groups.has(words[0] ?? '')),
        )
        .filter(({ words }) => rowOf(words) === undefined),
    );
    expect(unknown).toEqual([]);
  });

  it('each context set names a gate that exists and is cleared in the end', () => {
    for (const { file, body } of skills) {
      const contexts = backlogCalls(body).map(({ text }) => wordsOf(text));
      const set = contexts.filter((words) => words[1] === 'context' && words[2] === 'set');
      for (const words of set) {
        expect(['generate', 'refine', 'plan', 'implement', 'lint', 'review', 'commit'], file).toContain(
          words[4],
        );
        expect(words[6], file).toBe(file.split('/')[1]);
      }
      const cleared = contexts.some((words) => words.slice(1, 3).join(' ') === 'context clear');
      expect(cleared, `${file} sets a context and clears it`).toBe(set.length > 0);
    }
  });
});
