import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Runs one way in, in a project and a home of its own; times and the folder's name are taken out of what it leaves. */
function run(entry: 'start.cjs' | 'main.cjs', args: readonly string[], input = ''): Outcome {
  const sandbox = tempDir();
  writeFiles(sandbox, {
    'project/backlog.config.json': '{"version":"1.1","project":{"name":"sample"}}',
    'project/backlog/data/pending/FEAT-001-a.md': 'x',
  });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(repositoryRoot, 'dist', entry), ...args],
    {
      cwd: path.join(sandbox, 'project'),
      env: { ...gitEnv(), HOME: path.join(sandbox, 'home'), NO_COLOR: '1' },
      encoding: 'utf8',
      input: input.replaceAll('SANDBOX', sandbox),
    },
  );
  const plain = (text: string) =>
    text.replaceAll(sandbox, 'SANDBOX').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
  const files = readdirSync(sandbox, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return {
    status,
    stdout: plain(stdout),
    stderr: plain(stderr),
    files: Object.fromEntries(
      files.sort().map((file) => [plain(file), plain(readFileSync(file, 'utf8'))] as const),
    ),
  };
}

const hook = (event: string, fields: object) =>
  JSON.stringify({
    session_id: 'session-1',
    cwd: 'SANDBOX/project',
    hook_event_name: event,
    permission_mode: 'default',
    transcript_path: 'SANDBOX/none.jsonl',
    ...fields,
  });

describe('the fast way in does what the full program does', () => {
  it.each([
    ['--version'],
    ['-V'],
    ['context set FEAT-001 plan backend'],
    ['context set FEAT-001 plan backend my-skill --json'],
    ['set-context FEAT-001 plan backend --session s1 --agent a1'],
    ['context set --session=s1 FEAT-001 lint reviewer'],
    ['context set FEAT-404 plan backend'],
    ['context set FEAT-404 plan backend --strict'],
    ['context set FEAT-404 plan backend --strict --json'],
    ['context set FEAT-001 Plan! backend'],
    ['context set FEAT-001 plan backend --session ../../x'],
    ['context clear'],
    ['clear-context --json'],
    ['context show'],
    ['context show --json --session s1 --agent a1'],
    ['context set'],
    ['context set one two'],
    ['context set one two three four five'],
    ['context set FEAT-001 plan backend --jsn'],
    ['context set FEAT-001 plan backend --cwd'],
    ['context set FEAT-001 plan backend --cwd /'],
    ['context show --strict'],
    ['context show extra'],
    ['context'],
    ['context nonsense'],
    ['context set --help'],
    ['context constructor'],
  ])('%s', (line) => {
    const args = line.split(' ');
    expect(run('start.cjs', args)).toEqual(run('main.cjs', args));
  });

  it('statusline', () => {
    const input = JSON.stringify({ session_id: 's1', workspace: { project_dir: 'SANDBOX/project' } });
    expect(run('start.cjs', ['statusline'], input)).toEqual(run('main.cjs', ['statusline'], input));
    expect(run('start.cjs', ['statusline', '--no'], input)).toEqual(
      run('main.cjs', ['statusline', '--no'], input),
    );
  });

  it('takes an empty ticket id', () => {
    const outcome = run('start.cjs', ['context', 'set', '', 'refine', 'refinement']);
    expect(outcome).toMatchObject({ status: 0, stdout: expect.stringContaining('ticket: (none)') });
    expect(outcome).toEqual(run('main.cjs', ['context', 'set', '', 'refine', 'refinement']));
  });

  it.each([
    ['PreToolUse', { tool_name: 'Bash', tool_use_id: 't1', tool_input: { command: 'backlog gate status' } }],
    ['PreToolUse', { tool_name: 'Agent', tool_use_id: 't1', tool_input: { prompt: 'do it' } }],
    ['PostToolUse', { tool_name: 'Agent', tool_use_id: 't1', tool_response: { agentId: 'a1' } }],
    ['UserPromptExpansion', { command_name: 'backlog-toolkit:waive', command_args: 'lint FEAT-001 because' }],
    ['SubagentStart', { agent_id: 'a1', agent_type: 'reviewer' }],
  ])('hook %s', (event, fields) => {
    const input = hook(event, fields);
    const withoutTokens = (outcome: Outcome) =>
      JSON.parse(JSON.stringify(outcome).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'TOKEN'));
    expect(withoutTokens(run('start.cjs', ['hook', event], input))).toEqual(
      withoutTokens(run('main.cjs', ['hook', event], input)),
    );
  });

  it('says why a hook did nothing', () => {
    const outcome = run('start.cjs', ['hook', 'PreToolUse'], 'no json');
    expect(outcome.status).toBe(0);
    expect(JSON.stringify(outcome.files)).toContain('stdin holds no JSON object');
  });
});

describe('the fast bundle', () => {
  it('contains no library', async () => {
    const { metafile } = await build({
      absWorkingDir: repositoryRoot,
      entryPoints: ['src/fast.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
      metafile: true,
      logLevel: 'error',
    });
    const libraries = Object.keys(metafile.inputs).filter((input) => input.includes('node_modules'));
    expect(libraries).toEqual([]);
    expect(Object.keys(metafile.inputs)).not.toContainEqual(expect.stringContaining('program.ts'));
  });

  it('starts no process and loads no cryptography before a tool', () => {
    const sandbox = tempDir();
    const probe = path.join(sandbox, 'probe.cjs');
    writeFiles(sandbox, {
      'probe.cjs': `const Module = require('node:module');
        const load = Module._load;
        const seen = [];
        Module._load = function (name) { seen.push(name); return load.apply(this, arguments); };
        process.on('exit', () => process.stderr.write(JSON.stringify(seen)));`,
    });
    const { stderr } = spawnSync(
      process.execPath,
      ['--require', probe, path.join(repositoryRoot, 'dist/start.cjs'), 'hook', 'PreToolUse'],
      {
        cwd: sandbox,
        env: { ...gitEnv(), HOME: sandbox },
        encoding: 'utf8',
        input: hook('PreToolUse', {
          cwd: sandbox,
          tool_name: 'Bash',
          tool_use_id: 't',
          tool_input: { command: 'ls' },
        }),
      },
    );
    const seen: string[] = JSON.parse(stderr);
    expect(seen).toContain('node:fs');
    expect(seen.filter((name) => /child_process|crypto|fast\.cjs$/.test(name))).toEqual([
      path.join(repositoryRoot, 'dist/fast.cjs'),
    ]);
  });
});
