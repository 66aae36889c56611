import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readShell } from '../../src/hooks/shell.ts';
import { backlogBin } from '../support/cli.ts';
import { gitEnv, tempDir, tempRepo, writeFiles } from '../support/temp.ts';

const session = '11111111-2222-4333-8444-555555555555';

/** Runs one hook as the client does: JSON on stdin, a process of its own. */
function hook(
  event: string,
  fields: object,
  env: Readonly<Record<string, string>>,
): Promise<{ answer: unknown; exitCode: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(backlogBin, ['hook', event], { env: { ...gitEnv(), ...env } });
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.on('error', reject);
    child.on('close', (exitCode) =>
      resolve({ answer: stdout.trim() === '' ? undefined : JSON.parse(stdout), exitCode }),
    );
    child.stdin.on('error', () => {});
    child.stdin.end(
      typeof fields === 'string'
        ? fields
        : JSON.stringify({ session_id: session, hook_event_name: event, ...fields }),
    );
  });
}

/** A project whose ticket is held by the session. */
function held(claims: 'held' | 'none' | 'broken' = 'held'): {
  cwd: string;
  env: Readonly<Record<string, string>>;
} {
  const cwd = tempRepo({ 'backlog.config.json': '{"version":"1.0","project":{"name":"shop"}}' });
  const claim = {
    v: 1,
    ticket_id: 'FEAT-001',
    session_id: session,
    agent_id: null,
    owner: { name: 'Ada', host: 'elsewhere', process: null },
    started_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    base_commit: 'b',
    worktree: cwd,
    branch: 'main',
    history: [],
  };
  if (claims !== 'none')
    writeFiles(cwd, { '.backlog-ops/claims/FEAT-001.json': claims === 'held' ? JSON.stringify(claim) : '{' });
  return { cwd, env: { BACKLOG_HOME: path.join(tempDir(), 'home') } };
}

async function bash(
  command: string,
  where = held(),
  more: object = {},
): Promise<{ decision: unknown; reason: string; command: unknown }> {
  const { answer, exitCode } = await hook(
    'PreToolUse',
    {
      cwd: where.cwd,
      tool_name: 'Bash',
      tool_use_id: 'toolu_1',
      tool_input: { command, description: 'd' },
      ...more,
    },
    where.env,
  );
  expect(exitCode).toBe(0);
  const output = Object(answer).hookSpecificOutput;
  if (output !== undefined) expect(output.hookEventName).toBe('PreToolUse');
  return {
    decision: output?.permissionDecision,
    reason: output?.permissionDecisionReason ?? '',
    command: output?.updatedInput?.command,
  };
}

describe('while a session holds a ticket', () => {
  it.each([
    ['git commit -m "x"'],
    ['git -C . commit -am x'],
    ['git -c user.name=x commit'],
    ['FOO=1 git commit'],
    ['/usr/bin/git commit'],
    ['command git commit'],
    ['env -i PATH=/bin git commit'],
    ['ls && git commit'],
    ['(cd x; git commit)'],
    ['echo $(git commit)'],
    ['true | xargs git commit'],
    ['sh -c "git commit -m x"'],
    ["bash -lc 'cd . && git commit'"],
    ['if true; then git commit; fi'],
    ['git commit-tree HEAD^{tree}'],
    ['git -c alias.ci=commit ci'],
    ['git push --no-verify'],
    ['echo x > .backlog-ops/evidence/FEAT-001.jsonl'],
    ['echo x >> "$PWD/.backlog-ops/x"'],
    ['cat x | tee -a .backlog-ops/usage-ledger.jsonl'],
    ['rm -rf .backlog-ops'],
    ['sed -i s/a/b/ .backlog-ops/claims/FEAT-001.json'],
    ['cp mine.json .backlog-ops/evidence/'],
    ['mv backlog/data/pending/FEAT-001-a.md backlog/data/completed/'],
    ['git mv backlog/data/pending/FEAT-001-a.md backlog/data/completed/FEAT-001-a.md'],
  ])('%s is denied, with what to do instead', async (command) => {
    const { decision, reason } = await bash(command);
    expect(decision).toBe('deny');
    expect(reason).toMatch(/backlog (commit|gate run|ticket complete)|without it/);
  });

  it.each([
    ['git log --grep "git commit"'],
    ['echo "git commit -m x"'],
    ["printf '%s' 'git commit --no-verify'"],
    ['git status # git commit'],
    ['grep -rn "git commit" docs'],
    ['cat .backlog-ops/usage-ledger.jsonl'],
    ['cp .backlog-ops/usage-ledger.jsonl /tmp/copy'],
    ['ls backlog/data/completed'],
    ['npm test 2>&1 | tail -5'],
    ['git add -A && git diff --cached'],
  ])('%s passes', async (command) => {
    expect((await bash(command)).decision).toBeUndefined();
  });

  it('what cannot be read and mentions git and commit is for a person', async () => {
    expect((await bash('git "commit')).decision).toBe('ask');
    expect((await bash('eval "$X git commit"')).decision).toBe('ask');
    expect((await bash('git "commit', held(), { permission_mode: 'auto' })).decision).toBe('deny');
  });

  it.each([
    ['Write', { file_path: '.backlog-ops/evidence/FEAT-001.jsonl', content: 'x' }],
    ['Edit', { file_path: 'backlog/data/completed/FEAT-001-a.md', new_string: 'x' }],
    ['Edit', { file_path: 'backlog/data/pending/FEAT-001-a.md', new_string: 'status: completed' }],
  ])('%s of %j is denied', async (tool_name, tool_input) => {
    const { cwd, env } = held();
    const { answer } = await hook('PreToolUse', { cwd, tool_name, tool_use_id: 't', tool_input }, env);
    expect(answer).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
  });

  it.each([
    ['default', 'ask'],
    ['auto', 'deny'],
  ])('an edit of the configuration in mode %s: %s', async (permission_mode, decision) => {
    const { cwd, env } = held();
    const tool_input = {
      file_path: path.join(cwd, 'backlog.config.json'),
      new_string: '"lintCommand": "true"',
    };
    const fields = { cwd, permission_mode, tool_name: 'Edit', tool_use_id: 't', tool_input };
    expect((await hook('PreToolUse', fields, env)).answer).toMatchObject({
      hookSpecificOutput: { permissionDecision: decision },
    });
  });

  it('hold from a folder outside the project too, and in a worktree that a link leads to', async () => {
    const { cwd, env } = held();
    const command = `git -C ${cwd} commit -m x`;
    expect((await bash(command, { cwd: tempDir(), env: { ...env, CLAUDE_PROJECT_DIR: cwd } })).decision).toBe(
      'deny',
    );
    const worktree = path.join(tempDir(), 'work');
    execFileSync('git', ['-C', cwd, 'worktree', 'add', '-q', worktree, '-b', 'work'], { env: gitEnv() });
    const claim = path.join(cwd, '.backlog-ops/claims/FEAT-001.json');
    const fields = { ...JSON.parse(readFileSync(claim, 'utf8')), session_id: 'another', worktree };
    writeFileSync(claim, JSON.stringify(fields));
    const link = path.join(tempDir(), 'link');
    symlinkSync(worktree, link);
    expect((await bash('git commit -m x', { cwd: link, env })).decision).toBe('deny');
    expect((await bash('git commit -m x', { cwd, env })).decision).toBeUndefined();
  });

  it('a claim that cannot be read may be the caller’s: the denials hold, and nothing else stops', async () => {
    expect((await bash('git commit', held('broken'))).decision).toBe('deny');
    expect((await bash('ls', held('broken'))).decision).toBeUndefined();
  });
});

describe('a session that holds nothing', () => {
  it('commits its own work', async () => {
    expect((await bash('git commit -m x', held('none'))).decision).toBeUndefined();
  });
});

describe('calls of backlog', () => {
  const ids = `--session ${session}`;
  it.each([
    ['backlog gate status FEAT-001', `backlog gate status FEAT-001 ${ids}`],
    ['backlog', `backlog ${ids}`],
    [
      'backlog review submit --request r --from - <<\'V\'\n{"a": "$(x)"}\nV',
      `backlog review submit --request r --from - ${ids} <<'V'\n{"a": "$(x)"}\nV`,
    ],
    ['backlog context show 2>&1', `backlog context show ${ids} 2>&1`],
    ['backlog context show --session evil --agent=a9 --json', `backlog context show --json ${ids}`],
  ])('%j needs no dialog', async (command, rewritten) => {
    const done = await bash(command, held('none'));
    expect(done).toMatchObject({ decision: 'allow', command: rewritten });
  });

  it.each([
    ['cd x && backlog commit --ticket A', `cd x && backlog commit --ticket A ${ids}`],
    ['backlog ticket list | head', `backlog ticket list ${ids} | head`],
    ['FOO=1 backlog ticket list', `FOO=1 backlog ticket list ${ids}`],
    ['backlog ticket list > out.txt', `backlog ticket list ${ids} > out.txt`],
    ['/elsewhere/bin/backlog ticket list', `/elsewhere/bin/backlog ticket list ${ids}`],
  ])('%j gets the ids, and the user’s rules decide', async (command, rewritten) => {
    expect(await bash(command, held('none'))).toMatchObject({ decision: undefined, command: rewritten });
  });

  it('needs none in a worktree of the project, and the user’s rules decide elsewhere', async () => {
    const where = held('none');
    const worktree = path.join(tempDir(), 'work');
    execFileSync('git', ['-C', where.cwd, 'worktree', 'add', '-q', worktree, '-b', 'work'], {
      env: gitEnv(),
    });
    expect((await bash(`backlog --cwd ${worktree} gate status`, where)).decision).toBe('allow');
    expect((await bash(`backlog --cwd ${held('none').cwd} gate status`, where)).decision).toBeUndefined();
    expect((await bash(`backlog --cwd=${tempDir()} gate status`, where)).decision).toBeUndefined();
  });

  it('names the agent', async () => {
    const done = await bash('backlog ticket list', held('none'), { agent_id: 'a0123456789abcdef' });
    expect(done.command).toBe(`backlog ticket list ${ids} --agent a0123456789abcdef`);
  });

  it.each([
    ['backlog gate waive lint --ticket A --reason "x"'],
    ['backlog commit --ticket A --include src/x.js --reason y'],
    ['backlog gate run lint --ticket A --allow-suppression "x"'],
  ])('%j is a person’s to decide: asked for with a stamp, denied in auto mode', async (command) => {
    const asked = await bash(command, held('none'));
    expect(asked).toMatchObject({
      decision: 'ask',
      command: expect.stringMatching(/ --stamp [0-9a-f-]{36}$/),
    });
    expect((await bash(command, held('none'), { permission_mode: 'auto' })).decision).toBe('deny');
  });

  it('closing a ticket is a person’s to decide when its work was started', async () => {
    for (const command of [
      'backlog ticket move FEAT-001 obsolete',
      'backlog --cwd . ticket move --json FEAT-001 split',
      'backlog ticket move "$ID" obsolete',
    ]) {
      expect(await bash(command)).toMatchObject({
        decision: 'ask',
        command: expect.stringMatching(/ --stamp [0-9a-f-]{36}$/),
      });
      expect((await bash(command, held(), { permission_mode: 'auto' })).decision).toBe('deny');
    }
    for (const command of ['backlog ticket move FEAT-002 obsolete', 'backlog ticket move FEAT-001 pending'])
      expect(await bash(command)).toMatchObject({ decision: 'allow' });
  });

  it('a slash command that an agent makes up is none', async () => {
    const where = held('none');
    await hook(
      'UserPromptExpansion',
      {
        cwd: where.cwd,
        command_name: 'backlog-toolkit:waive',
        command_args: 'lint FEAT-001 broken linter',
      },
      { ...where.env, AI_AGENT: 'claude-code_2-1-328_agent' },
    );
    const command = 'backlog gate waive lint --ticket FEAT-001 --reason "broken linter"';
    expect((await bash(command, where, { permission_mode: 'auto' })).decision).toBe('deny');
  });

  it('a typed slash command is the decision', async () => {
    const where = held('none');
    await hook(
      'UserPromptExpansion',
      {
        cwd: where.cwd,
        command_name: 'backlog-toolkit:waive',
        command_args: 'lint FEAT-001 broken linter',
      },
      where.env,
    );
    const command = 'backlog gate waive lint --ticket FEAT-001 --reason "broken linter"';
    for (const other of [
      'backlog gate waive review --ticket FEAT-001 --reason "broken linter"',
      'backlog gate waive lint --ticket FEAT-002 --reason "broken linter"',
      `${command}; backlog gate waive review --ticket FEAT-001 --reason x`,
    ])
      expect((await bash(other, where, { permission_mode: 'auto' })).decision).toBe('deny');
    expect(await bash(command, where, { permission_mode: 'auto' })).toMatchObject({
      decision: 'allow',
      command: expect.stringContaining('--stamp'),
    });
    expect((await bash(command, where, { permission_mode: 'auto' })).decision).toBe('deny');
  });
});

describe('a hook', () => {
  it.each([['no JSON'], ['[]'], ['{}'], ['']])(
    'given %j lets the session go on, and says why in its log',
    async (input) => {
      const home = path.join(tempDir(), 'home');
      const child = await new Promise<number | null>((resolve) => {
        const started = spawn(backlogBin, ['hook', 'PreToolUse'], {
          env: { ...gitEnv(), BACKLOG_HOME: home },
        });
        started.on('close', resolve);
        started.stdin.end(input);
      });
      expect(child).toBe(0);
      expect(readFileSync(path.join(home, 'hooks.log'), 'utf8')).toContain('PreToolUse');
    },
  );

  it('does nothing with BACKLOG_HOOKS=off', async () => {
    const { cwd, env } = held();
    const { answer } = await hook(
      'SessionStart',
      { cwd, transcript_path: '' },
      { ...env, BACKLOG_HOOKS: 'off' },
    );
    expect([answer, existsSync(env.BACKLOG_HOME ?? '')]).toEqual([undefined, false]);
  });

  it('tells the model in at most ten lines what there is, and nothing without a project', async () => {
    const { cwd, env } = held();
    const { answer } = await hook('SessionStart', { cwd, transcript_path: '' }, env);
    const text = Object(answer).hookSpecificOutput.additionalContext;
    expect(text.split('\n').length).toBeLessThanOrEqual(10);
    expect(text).toContain('FEAT-001 is held by this session');
    expect((await hook('SessionStart', { cwd: tempDir(), transcript_path: '' }, env)).answer).toBeUndefined();
  });

  it('counts the tickets where the configuration says that they lie', async () => {
    const { cwd, env } = held('none');
    writeFiles(cwd, {
      'backlog.config.json':
        '\uFEFF{"version":"1.0","project":{"name":"shop"},"backlog":{"dataDir":"work/items"}}',
      'work/items/pending/FEAT-001-a.md': '',
      'work/items/pending/FEAT-002-b.md': '',
    });
    const { answer } = await hook('SessionStart', { cwd, transcript_path: '' }, env);
    expect(Object(answer).hookSpecificOutput.additionalContext).toContain('2 tickets are pending');
  });

  it("writes down the project's name, for readers that cannot see its folder", async () => {
    const { cwd, env } = held();
    const input = { cwd, transcript_path: '', session_id: 'named' };
    await hook('SessionStart', input, env);
    const file = path.join(String(env.BACKLOG_HOME), 'contexts/named/session.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ cwd, project: 'shop' });
  });

  it('puts our folder first on PATH, quoted', async () => {
    const { cwd, env } = held('none');
    const file = path.join(tempDir(), 'env.sh');
    await hook('SessionStart', { cwd, transcript_path: '' }, { ...env, CLAUDE_ENV_FILE: file });
    expect(readFileSync(file, 'utf8')).toMatch(/^export PATH='.*\/bin':"\$PATH"\n$/);
  });
});

describe('the shell reader', () => {
  it.each([
    ['a 10 MB line', `echo ${'x'.repeat(10_000_000)}`, true],
    ['a NUL', 'git\0commit', true],
    ['deep nesting', `${'$('.repeat(500)}x${')'.repeat(500)}`, true],
    ['many quotes', `echo ${'"a"'.repeat(50_000)}`, false],
    ['an open quote', 'echo "abc', true],
  ])('reads %s without hanging', (_name, source, unreadable) => {
    expect(readShell(source).unreadable).toBe(unreadable);
  });

  it.each([
    ['a b', 1, true],
    ['a b;', 1, true],
    ['a; b', 2, false],
    ['a\nb', 2, false],
    ['a && b || c', 3, false],
    ['a \'b; c\' "d && e"', 1, true],
    ['a <<E\nb; c\nE\n', 1, true],
    ['a $(b)', 2, false],
    ['a `b c`', 2, false],
    ['(a)', 1, false],
    ['a &', 1, false],
  ])('%j: %i commands, simple is %s', (source, count, simple) => {
    const line = readShell(source);
    expect([line.commands.length, line.simple, line.unreadable]).toEqual([count, simple, false]);
  });
});
