import { createInterface } from 'node:readline/promises';
import { isTagValue, type Stack, stacks } from '../../project/stack.ts';

/** What a person may choose; also the defaults that the questions offer. */
export interface InitAnswers {
  readonly name: string;
  readonly stack: Stack;
  readonly prefixes: readonly string[];
  readonly codeRules: boolean;
  /** Send this project's requests through the gateway. */
  readonly gateway: boolean;
}

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Line editing and Ctrl-C as a key; the default is what `output` is. */
  readonly terminal?: boolean;
}

/**
 * Asks for name, stack, prefixes and code rules; an empty answer takes the default, an impossible one is asked again.
 * @returns `undefined` after Ctrl-C, Ctrl-D or `signal`
 */
export async function askInit(
  defaults: InitAnswers,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<InitAnswers | undefined> {
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  const lines = createInterface({ ...terminal });
  lines.on('SIGINT', stop).on('close', stop);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const ask = async <T>(question: string, read: (answer: string) => T | undefined): Promise<T> => {
    for (;;) {
      const value = read((await lines.question(question, { signal: stopped.signal })).trim());
      if (value !== undefined) return value;
    }
  };
  const retry = (why: string): undefined => {
    terminal.output.write(`  ${why}\n`);
  };
  try {
    const name = await ask(`Project name [${defaults.name}]: `, (answer) => {
      const value = answer || defaults.name;
      return isTagValue(value) ? value : retry(nameRule);
    });
    const stack = await ask(`Stack (${stacks.join(', ')}) [${defaults.stack}]: `, (answer) => {
      if (answer === '') return defaults.stack;
      return stacks.find((known) => known === answer.toLowerCase()) ?? retry(`one of: ${stacks.join(', ')}`);
    });
    const prefixes = await ask(`Ticket prefixes [${defaults.prefixes.join(',')}]: `, (answer) => {
      if (answer === '') return defaults.prefixes;
      return parsePrefixes(answer) ?? retry(prefixRule);
    });
    const codeRules = await ask(
      `Write .claude/code-rules.md? [${defaults.codeRules ? 'Y/n' : 'y/N'}]: `,
      (answer) => {
        if (answer === '') return defaults.codeRules;
        if (/^y(es)?$/i.test(answer)) return true;
        return /^no?$/i.test(answer) ? false : retry('y or n');
      },
    );
    terminal.output.write(gatewayOffer);
    const gateway = await ask(
      `Route requests through the gateway? [${defaults.gateway ? 'Y/n' : 'y/N'}]: `,
      (answer) => {
        if (answer === '') return defaults.gateway;
        if (/^y(es)?$/i.test(answer)) return true;
        return /^no?$/i.test(answer) ? false : retry('y or n');
      },
    );
    return { name, stack, prefixes, codeRules, gateway };
  } catch (error) {
    if (stopped.signal.aborted) return undefined;
    throw error;
  } finally {
    lines.close();
    signal.removeEventListener('abort', stop);
  }
}

const gatewayOffer = `
The gateway is a local proxy: it tags each request with ticket, gate and agent, prices it as it ends, and refuses it when a
budget is spent. Without it costs are read from transcripts, and titles and compaction are missing. With it Claude Code talks
to 127.0.0.1 and leaves out what needs Anthropic's own address: Remote Control. MCP tool search stays, by
ENABLE_TOOL_SEARCH=true. \`backlog gateway disable\` undoes it.
`;

export const nameRule =
  'a name is printable ASCII, at most 128 characters, without comma, with no ! or & at its start';
export const prefixRule =
  'prefixes are 1 to 16 capital letters and digits, a letter first, separated by commas';

/** `feat, bug` as FEAT and BUG, each once; `undefined` when one of them is no prefix. */
export function parsePrefixes(text: string): string[] | undefined {
  const prefixes = text.split(',').map((prefix) => prefix.trim().toUpperCase());
  return prefixes.every((prefix) => /^[A-Z][A-Z0-9]{0,15}$/.test(prefix))
    ? [...new Set(prefixes)]
    : undefined;
}
