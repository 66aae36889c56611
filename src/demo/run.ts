import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { makeFolders, readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { denialReason, newSession, sendHook } from './agents.ts';
import { demoScript, type WrittenFile } from './answers.ts';
import { type Answer, jsonObject, Program } from './program.ts';
import type { Progress } from './progress.ts';
import { request, sampleFiles } from './sample.ts';

export interface DemoOptions {
  /** Where to make the sample project; a temporary folder, removed at the end, without it. */
  readonly dir: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What the last screen shows: documents of the program itself, read after the last step. */
export interface DemoResult {
  readonly ticketId: string;
  /** The gates as `gate status` shows them, for people and as a document. */
  readonly gateTable: string;
  readonly gates: Readonly<Record<string, unknown>>;
  /** The cost as `cost report` shows it. */
  readonly costTable: string;
  readonly cost: Readonly<Record<string, unknown>>;
  /** Where the project lies, when it was kept. */
  readonly keptAt: string | undefined;
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Takes one ticket of a sample project from request to completion by calls of the program itself. Only the models'
 * answers are scripted: tests, linter, git, gates, refusals and ledger are the real ones.
 * @throws BacklogError `demo-folder-not-empty` (exit 2), `demo-step-failed` (exit 1)
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const folder = makeFolder(options.dir);
  let finished = false;
  // Ctrl-C is often pressed twice, and the second one would end us before the folder is gone, or before our exit code is told.
  const heard = (): void => {};
  const hear = (): void => {
    for (const signal of endings) process.on(signal, heard);
  };
  options.signal.addEventListener('abort', hear, { once: true });
  try {
    const result = await play(folder, options);
    finished = true;
    return { ...result, keptAt: options.dir === undefined ? undefined : folder };
  } finally {
    // What was made is taken away again, unless the user asked to keep it and all went well.
    if (options.dir === undefined || !finished)
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    options.signal.removeEventListener('abort', hear);
  }
}

function makeFolder(dir: string | undefined): string {
  if (dir === undefined) return realpathSync(mkdtempSync(path.join(tmpdir(), 'backlog-demo-')));
  makeFolders(path.resolve(dir));
  if (readdirSync(dir).length > 0)
    throw new BacklogError({
      code: 'demo-folder-not-empty',
      message: `${dir} is not empty`,
      fix: 'name a folder that is empty or not there: `backlog demo --dir corner-shop`',
      exitCode: ExitCode.Usage,
    });
  return realpathSync(dir);
}

async function play(
  folder: string,
  { env, signal, progress }: DemoOptions,
): Promise<Omit<DemoResult, 'keptAt'>> {
  const session = newSession();
  const home = path.join(folder, '.demo-home');
  const program = new Program(folder, demoEnv(env, home, session.sessionId), signal);
  const as = (agent: string): string[] => ['--session', session.sessionId, '--agent', agent];
  const ask = async (step: string): Promise<string> =>
    (
      await program.succeed({
        args: ['llm-call', '--model', step === 'plan' ? 'free' : 'balanced'],
        input: `STEP ${step}\n\n${request}`,
      })
    ).stdout;
  const context = (ticket: string, gate: string, agent: string) =>
    program.succeed({
      args: ['context', 'set', ticket, gate, agent, 'backlog-implementer', '--session', session.sessionId],
    });

  progress.heading('A project');
  await progress.step('a small shop with a test and a linter, in git', async () => {
    write(
      folder,
      Object.entries(sampleFiles).map(([name, content]) => ({ path: name, content })),
    );
    write(home, [{ path: 'script.json', content: JSON.stringify(demoScript) }]);
    await program.succeedOther('git', ['init', '-q', '-b', 'main']);
    writeFileSync(path.join(folder, '.git', 'info', 'exclude'), '.demo-home/\n', { flag: 'a' });
    await program.succeedOther('git', ['add', '-A']);
    await program.succeedOther('git', ['commit', '-q', '-m', 'feat: add up a basket']);
    return { value: undefined };
  });
  await progress.step('backlog init', async () => {
    await program.succeed({ args: ['init', '--yes', '--prefixes', 'FEAT,BUG'] });
    useScriptedModels(path.join(folder, 'backlog.config.json'), path.join(home, 'script.json'));
    await program.succeedOther('git', ['add', '-A']);
    await program.succeedOther('git', ['commit', '-q', '-m', 'chore: set up the backlog']);
    await sendHook(program, session, folder, 'SessionStart', { source: 'startup' });
    return { value: undefined };
  });

  progress.heading(`A ticket: "${request}"`);
  const id = await progress.step('the model writes it, the program checks it', async () => {
    await program.succeed({
      args: ['context', 'set', '', 'generate', 'ticket', 'backlog-ticket', '--session', session.sessionId],
    });
    const { answer, document } = await program.json({
      args: ['ticket', 'new', '--from', '-'],
      input: await ask('ticket'),
    });
    if (answer.exitCode !== 0 || typeof document.id !== 'string') throw unexpected('ticket new', answer);
    const valid = await program.succeed({ args: ['ticket', 'validate', document.id] });
    return { value: document.id, show: valid.stdout };
  });
  await progress.step('backlog ticket complete, too early', async () => {
    await program.succeed({ args: ['ticket', 'start', id] });
    return { value: undefined, show: await refusal(program, ['ticket', 'complete', id]) };
  });

  progress.heading('Five gates');
  await progress.step('plan', async () => {
    await context(id, 'plan', 'implementer');
    const done = await program.succeed({
      args: ['gate', 'run', 'plan', '--ticket', id, '--from', '-'],
      input: await ask('plan'),
    });
    return { value: undefined, show: done.stdout };
  });
  await progress.step('implement: the tests fail on the old code, pass on the new', async () => {
    await context(id, 'implement', 'implementer');
    await sendHook(program, session, folder, 'SubagentStart', {
      agent_id: session.implementer,
      agent_type: 'implementer',
    });
    write(folder, writtenFiles(await ask('tests')));
    write(folder, writtenFiles(await ask('code')));
    const done = await program.succeed({
      args: ['gate', 'run', 'implement', '--ticket', id, ...as(session.implementer)],
    });
    return { value: undefined, show: done.stdout };
  });
  await progress.step('past the gate: git commit --no-verify', async () => {
    const answer = await sendHook(program, session, folder, 'PreToolUse', {
      agent_id: session.implementer,
      agent_type: 'implementer',
      tool_name: 'Bash',
      tool_use_id: 'toolu_demo',
      tool_input: { command: 'git commit --no-verify -am "done"' },
    });
    const reason = denialReason(answer);
    if (reason === undefined)
      throw unexpected('hook PreToolUse', { exitCode: 0, stdout: answer, stderr: '' });
    return { value: undefined, show: `denied: ${reason}` };
  });
  await progress.step('lint', async () => {
    await context(id, 'lint', 'implementer');
    const done = await program.succeed({
      args: ['gate', 'run', 'lint', '--ticket', id, ...as(session.implementer)],
    });
    return { value: undefined, show: done.stdout };
  });
  await progress.step('backlog commit past the gate, without a review', async () => ({
    value: undefined,
    show: await refusal(program, [
      'commit',
      '--ticket',
      id,
      '--type',
      'feat',
      '--area',
      'basket',
      '--summary',
      'done',
    ]),
  }));
  await progress.step('review, by another agent', async () => {
    await context(id, 'review', 'reviewer');
    await sendHook(program, session, folder, 'SubagentStart', {
      agent_id: session.reviewer,
      agent_type: 'reviewer',
    });
    const { answer, document } = await program.json({ args: ['review', 'request', id] });
    if (typeof document.request_id !== 'string') throw unexpected('review request', answer);
    const done = await program.succeed({
      args: ['review', 'submit', '--request', document.request_id, '--from', '-', ...as(session.reviewer)],
      input: await ask('review'),
    });
    return { value: undefined, show: done.stdout };
  });
  await progress.step('commit', async () => {
    await context(id, 'commit', 'implementer');
    const done = await program.succeed({
      args: [
        'commit',
        '--ticket',
        id,
        '--type',
        'feat',
        '--area',
        'basket',
        '--summary',
        '10 % off from 50.00 on',
      ],
    });
    return { value: undefined, show: done.stdout };
  });
  await progress.step('backlog ticket complete', async () => {
    const done = await program.succeed({ args: ['ticket', 'complete', id] });
    await program.succeed({ args: ['context', 'clear', '--session', session.sessionId] });
    return { value: undefined, show: done.stdout };
  });

  return {
    ticketId: id,
    gateTable: (await program.succeed({ args: ['gate', 'status', id] })).stdout,
    gates: (await program.json({ args: ['gate', 'status', id] })).document,
    costTable: (await program.succeed({ args: ['cost', 'report'] })).stdout,
    cost: (await program.json({ args: ['cost', 'report'] })).document,
  };
}

/** What the program answers to a call that it has to refuse; a call that it lets pass is a failed demo. */
async function refusal(program: Program, args: readonly string[]): Promise<string> {
  const answer = await program.run({ args });
  if (answer.exitCode === 0 || answer.exitCode === 70) throw unexpected(args.join(' '), answer);
  return `${answer.stderr.trim()}\nexit ${answer.exitCode}`;
}

/** A clean environment: nothing of the caller's keys, homes or sessions; inside the client's, as far as the CLI can tell. */
function demoEnv(env: NodeJS.ProcessEnv, home: string, sessionId: string): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, LANG, BACKLOG_NODE, SystemRoot } = env;
  const name = 'Demo User';
  const email = 'demo@example.com';
  return {
    PATH,
    TMPDIR,
    LANG,
    BACKLOG_NODE,
    SystemRoot,
    HOME: home,
    BACKLOG_HOME: path.join(home, '.backlog-toolkit'),
    NO_COLOR: '1',
    CLAUDECODE: '1',
    BACKLOG_READER: 'attached',
    CLAUDE_CODE_SESSION_ID: sessionId,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

/** Points the tiers of the sample project at the scripted provider. */
function useScriptedModels(configFile: string, script: string): void {
  const config = jsonObject(readTextIfExists(configFile) ?? '') ?? {};
  const llmOps = {
    providers: { demo: { type: 'scripted', script } },
    tiers: { free: ['demo/local-model'], cheap: ['demo/small-model'], balanced: ['demo/strong-model'] },
  };
  writeFileAtomic(configFile, `${JSON.stringify({ ...config, version: '1.1', llmOps }, undefined, 2)}\n`);
}

function writtenFiles(text: string): WrittenFile[] {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value)
    ? value.filter((file) => typeof file?.path === 'string' && typeof file?.content === 'string')
    : [];
}

function write(folder: string, files: readonly WrittenFile[]): void {
  for (const file of files) writeFileAtomic(path.join(folder, file.path), file.content);
}

function unexpected(command: string, answer: Answer): BacklogError {
  return new BacklogError({
    code: 'demo-step-failed',
    message: `\`backlog ${command}\` answered what the demo did not expect (exit ${answer.exitCode}):\n${(answer.stderr || answer.stdout).trim()}`,
    fix: 'run `backlog demo --dir <folder>` to keep the sample project, then the command in it',
    exitCode: ExitCode.CheckFailed,
  });
}
