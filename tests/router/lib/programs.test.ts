import { chmodSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../src/router/lib/index.ts';
import { tempDir, writeFiles } from '../../support/temp.ts';
import { bench, hello } from './support.ts';

/** A program that writes down how it was called, then runs `body`. */
function program(body: string) {
  const folder = tempDir();
  const seen = path.join(folder, 'seen.json');
  writeFiles(folder, {
    program: `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
fs.writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ args, cwd: process.cwd(), input: fs.readFileSync(0, 'utf8') }));
${body}
`,
  });
  const command = path.join(folder, 'program');
  chmodSync(command, 0o755);
  return {
    command,
    folder,
    seen: (): { args: string[]; cwd: string; input: string } => JSON.parse(readFileSync(seen, 'utf8')),
  };
}

function routerFor(entry: object, role: object = {}) {
  return bench({
    default_role: 'r',
    providers: { p: entry, spare: { type: 'mock', response_text: 'spare' } },
    roles: { r: { provider: 'p', fallback_providers: ['spare'], ...role } },
  });
}

const history: ChatMessage[] = [
  { role: 'system', content: 'Be short' },
  { role: 'user', content: 'first question' },
  { role: 'assistant', content: 'first answer' },
  { role: 'user', content: '--help is no option here' },
];

describe('codex', () => {
  it('runs `codex exec` with the whole conversation on stdin, in an empty folder, and reads its answer file', async () => {
    const codex = program(`
      console.log('progress, not the answer');
      fs.writeFileSync(args[args.indexOf('--output-last-message') + 1], 'the last message\\n');
    `);
    const { router } = routerFor({ type: 'codex_cli', command: codex.command }, { model: 'gpt-5' });
    expect(await router.complete('r', history)).toMatchObject({ text: 'the last message', model: 'gpt-5' });
    const { args, input, cwd } = codex.seen();
    expect(args.slice(0, 2)).toEqual(['exec', '--skip-git-repo-check']);
    expect(args).toEqual(expect.arrayContaining(['--sandbox', 'read-only', '--model', 'gpt-5']));
    expect(args.at(-1)).toBe('-');
    for (const { content } of history) expect(input).toContain(content);
    expect(args.join(' ')).not.toContain('question');
    expect(existsSync(cwd)).toBe(false);
  });

  it('takes what it prints when it wrote no file', async () => {
    const codex = program("console.log('printed')");
    const { router } = routerFor({ type: 'codex', command: codex.command });
    expect((await router.complete('r', hello)).text).toBe('printed');
    expect(codex.seen().args).not.toContain('--model');
  });
});

describe('gemini', () => {
  it('reads the answer, the model and the tokens of its JSON', async () => {
    const gemini = program(`
      const tokens = { prompt: 30, candidates: 7, thoughts: 2, cached: 10 };
      console.log(JSON.stringify({ response: 'hello', stats: { models: { 'gemini-pro': { tokens } } } }));
    `);
    const { router } = routerFor({ type: 'gemini_cli', command: gemini.command, model: 'gemini-pro' });
    expect(await router.complete('r', hello)).toMatchObject({
      text: 'hello',
      model: 'gemini-pro',
      usage: { input_tokens: 20, cache_read_tokens: 10, output_tokens: 9, total_tokens: 39 },
    });
    expect(gemini.seen().args).toEqual(['--output-format', 'json', '--model', 'gemini-pro']);
    expect(gemini.seen().input).toBe('Say hello');
  });
});

describe('claude', () => {
  it('is the provider that llm-call has, with a program of its own', async () => {
    const claude = program(
      "console.log(JSON.stringify({ type: 'result', result: 'from claude', is_error: false, usage: { input_tokens: 1, output_tokens: 2 } }))",
    );
    const { router } = routerFor({ type: 'claude_code_cli', command: claude.command }, { model: 'haiku' });
    expect((await router.complete('r', history)).text).toBe('from claude');
    expect(claude.seen().args).toEqual(expect.arrayContaining(['-p', '--model', 'haiku']));
    expect(claude.seen().input).toContain('first answer');
  });
});

describe('a program of one’s own', () => {
  const answering = (text: string) => program(`process.stdout.write(${JSON.stringify(text)})`);

  it('is called with its arguments and model option, and its JSON read by its own field', async () => {
    const own = answering(
      '{"answer": "42", "model": "own-1", "usage": {"prompt_tokens": 3, "completion_tokens": 4}}',
    );
    const { router } = routerFor(
      {
        type: 'cli',
        command: own.command,
        args: ['ask'],
        model_flag: '-m',
        response_format: 'json',
        text_field: 'answer',
      },
      { model: 'own' },
    );
    expect(await router.complete('r', hello)).toMatchObject({
      text: '42',
      model: 'own-1',
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    });
    expect(own.seen().args).toEqual(['ask', '-m', 'own']);
  });

  it.each([
    ['malformed JSON', 'so: 42', /no JSON object/],
    ['no text', '{"other": 1}', /without output_text or text/],
    ['a text that is none', '{"text": 42}', /text is no text/],
    ['a usage that is none', '{"text": "x", "usage": "much"}', /usage has no token counts/],
  ])('%s breaks the contract, and nobody else is asked', async (_name, printed, words) => {
    const { router } = routerFor({
      type: 'cli',
      command: answering(printed).command,
      response_format: 'json',
    });
    await expect(router.complete('r', hello)).rejects.toMatchObject({
      failureType: 'contract-violation',
      message: expect.stringMatching(words),
    });
  });

  it.each<[string, string, string, RegExp]>([
    ['nothing', '', 'invalid-response', /empty/],
    [
      'an exit code',
      "process.stderr.write('no quota left'); process.exitCode = 3",
      'provider-error',
      /ended with 3: no quota left/,
    ],
    ['a crash', "process.kill(process.pid, 'SIGKILL')", 'provider-error', /ended with SIGKILL/],
  ])('%s goes on to the next', async (_name, body, type, words) => {
    const { router } = routerFor({ type: 'cli', command: program(body).command });
    const { text, attempts } = await router.complete('r', hello);
    expect(text).toBe('spare');
    expect(attempts[0]).toMatchObject({ failure_type: type, message: expect.stringMatching(words) });
  });

  it('that is not there goes on to the next', async () => {
    const { router } = routerFor({ type: 'cli', command: '/nonexistent/program' });
    expect((await router.complete('r', hello)).attempts[0]).toMatchObject({
      failure_type: 'provider-error',
      message: expect.stringContaining('could not be started'),
    });
  });

  it('is ended with everything that it has started when its time is over', { timeout: 30_000 }, async () => {
    const sleeper = program(`
      const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' });
      fs.writeFileSync(__dirname + '/child.pid', String(child.pid));
      setInterval(() => {}, 1000);
    `);
    const { router } = routerFor({ type: 'cli', command: sleeper.command, timeout: 1 });
    const { attempts } = await router.complete('r', hello);
    expect(attempts.map(({ failure_type }) => failure_type)).toEqual(['timeout', null]);
    const child = Number(readFileSync(path.join(sleeper.folder, 'child.pid'), 'utf8'));
    await expect.poll(() => alive(child)).toBe(false);
  });
});

function alive(pid: number): boolean {
  try {
    // A child that nobody has waited for yet is a zombie: dead, and still in the table.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

it('runs many programs at once without a warning of leaking listeners', async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error) => warnings.push(warning);
  process.on('warning', hear);
  try {
    const { router } = routerFor({ type: 'cli', command: '/bin/cat' });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_item, index) =>
        router.complete('r', [{ role: 'user', content: `number ${index}` }]),
      ),
    );
    expect(answers.map(({ text }) => text)).toEqual(answers.map((_answer, index) => `number ${index}`));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  } finally {
    process.removeListener('warning', hear);
  }
});
