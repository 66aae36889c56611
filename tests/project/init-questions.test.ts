import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { askInit, type InitAnswers, parsePrefixes } from '../../src/cli/commands/init-questions.ts';

const defaults: InitAnswers = {
  name: 'sample',
  stack: 'python',
  prefixes: ['TASK', 'BUG'],
  codeRules: true,
  gateway: false,
};

const keys = ['\x03', '\x04'];

/** Types one answer after each question, as a person at a terminal does; a raw key is typed without Enter. */
async function converse(answers: readonly string[], signal = new AbortController().signal) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const left = [...answers];
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    // The question's end, or the terminal's cursor command after it.
    if (!text.endsWith(': ') && !text.endsWith('G')) return;
    const next = left.shift();
    if (next !== undefined) setImmediate(() => input.write(keys.includes(next) ? next : `${next}\r`));
  });
  return { result: await askInit(defaults, { input, output, terminal: true }, signal), shown, left };
}

it('an empty answer takes the default', async () => {
  expect((await converse(['', '', '', '', ''])).result).toEqual(defaults);
});

it('takes what is typed', async () => {
  expect((await converse(['my api', 'GO', 'feat, bug,feat', 'n', 'y'])).result).toEqual({
    name: 'my api',
    stack: 'go',
    prefixes: ['FEAT', 'BUG'],
    codeRules: false,
    gateway: true,
  });
});

it('says what the gateway is for, what the client leaves out behind it, and how to be rid of it', async () => {
  const { shown } = await converse(['', '', '', '', '']);
  const offer = shown.slice(0, shown.indexOf('Route requests through the gateway?')).replaceAll(/\s+/g, ' ');
  expect(offer).toContain("leaves out what needs Anthropic's own address: Remote Control");
  expect(offer).toContain('MCP tool search stays, by ENABLE_TOOL_SEARCH=true');
  expect(offer).toContain('`backlog gateway disable` undoes it');
  expect(shown).toContain('Route requests through the gateway? [y/N]');
});

it('asks again after an answer that cannot be, and says why', async () => {
  const { result, shown, left } = await converse([
    'a,b',
    'ok',
    'cobol',
    'rust',
    '1x',
    'SEC',
    'maybe',
    'yes',
    'perhaps',
    'no',
  ]);
  expect(result).toEqual({ name: 'ok', stack: 'rust', prefixes: ['SEC'], codeRules: true, gateway: false });
  expect(left).toEqual([]);
  expect(shown).toContain('without comma');
  expect(shown).toContain('one of: typescript');
  expect(shown).toContain('a letter first');
  expect(shown).toContain('y or n');
});

it.each([
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
])('%s at any question ends it without answers', async (_name, key) => {
  expect((await converse([key])).result).toBeUndefined();
  expect((await converse(['', '', key])).result).toBeUndefined();
});

it('an interruption from outside does too', async () => {
  expect((await converse([], AbortSignal.abort())).result).toBeUndefined();
  const stop = new AbortController();
  const running = converse([], stop.signal);
  stop.abort();
  expect((await running).result).toBeUndefined();
});

it.each([
  ['FEAT,BUG', ['FEAT', 'BUG']],
  [' feat , FEAT ', ['FEAT']],
  ['S3', ['S3']],
  ['', undefined],
  ['FEAT,', undefined],
  ['3S', undefined],
  ['FEAT-X', undefined],
])('prefixes %j are %j', (text, prefixes) => expect(parsePrefixes(text)).toEqual(prefixes));
