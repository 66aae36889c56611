import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitEnv, tempDir, tempRepo } from '../support/temp.ts';
import { nodeOf } from './support/nodes.ts';

/** What a clone or a package brings along to run: no `node_modules`. */
const parts = ['bin', 'dist', 'templates', 'package.json'];

/**
 * The program as a bare clone that is reached through a symbolic link, with a PATH that has git and a shell and no Node but the one that is
 * meant.
 */
function installed(node: string) {
  const clone = path.join(tempDir(), 'a clone');
  for (const part of parts)
    cpSync(path.join(repositoryRoot, part), path.join(clone, part), { recursive: true });
  const bin = tempDir();
  symlinkSync(path.join(clone, 'bin/backlog'), path.join(bin, 'backlog'));
  symlinkSync(node, path.join(bin, 'node'));
  const env = { ...gitEnv(), PATH: `${bin}:/usr/bin:/bin`, BACKLOG_HOME: path.join(tempDir(), 'home') };
  const project = tempRepo({ 'package.json': '{"name":"shop","scripts":{"test":"node --test"}}\n' });
  mkdirSync(path.join(project, 'src'));
  return {
    project,
    /** From a folder below the project's root. */
    run: (args: readonly string[], input = ''): SpawnSyncReturns<string> =>
      spawnSync(path.join(bin, 'backlog'), args, {
        cwd: path.join(project, 'src'),
        env,
        input,
        encoding: 'utf8',
      }),
  };
}

describe('the main commands, from a bare clone through a link', () => {
  it.for(['20', '22', '24'])('work on Node %s', (major, context) => {
    const node = nodeOf(major);
    if (node === undefined)
      return context.skip(`no Node ${major} here; put one into BACKLOG_TEST_NODES=${major}=/path/to/node`);
    const { project, run } = installed(node);
    const document = (args: readonly string[], input?: string) => {
      const { status, stdout, stderr } = run([...args, '--json'], input);
      expect(stderr, args.join(' ')).not.toMatch(/error:|Warning/);
      return { status, ...JSON.parse(stdout) };
    };

    expect(document(['init', '--yes', '--cwd', project])).toMatchObject({ status: 0, project: 'shop' });
    expect(readdirSync(path.join(project, 'backlog/templates'))).toContain('bug.md');
    expect(document(['ticket', 'new', '--type', 'BUG', '--title', 'It is "late"'])).toMatchObject({
      status: 0,
      id: 'BUG-001',
    });
    expect(document(['ticket', 'list'])).toMatchObject({
      status: 0,
      items: [{ title: 'It is "late"' }],
      broken: [],
    });
    const { status, items } = document(['ticket', 'validate', '--all']);
    expect([status, items[0]?.file.startsWith('../backlog/data/pending/BUG-001-')]).toEqual([1, true]);
    expect(document(['context', 'set', 'BUG-001', 'plan', 'backend'])).toMatchObject({
      status: 0,
      ticket_id: 'BUG-001',
      project: 'shop',
    });

    const call = {
      session_id: 'one',
      hook_event_name: 'PreToolUse',
      cwd: project,
      tool_name: 'Bash',
      tool_use_id: 'toolu_1',
      tool_input: { command: 'backlog ticket list' },
    };
    const hook = run(['hook', 'PreToolUse'], JSON.stringify(call));
    expect([hook.status, hook.stderr]).toEqual([0, '']);
    expect(JSON.parse(hook.stdout)).toMatchObject({
      hookSpecificOutput: {
        permissionDecision: 'allow',
        updatedInput: { command: 'backlog ticket list --session one' },
      },
    });
  });
});
