import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { page } from '../docs/sample.ts';
import { id } from '../gates/support/journey.ts';
import { ticketPath } from '../gates/support/project.ts';
import { bindAgent, hook, session } from '../hooks/support/hook.ts';
import { pathWithProgram } from '../support/cli.ts';
import { gitEnv, gitIn, writeFiles } from '../support/temp.ts';
import { type Attempt, attempts, type Step } from './support/attempts.ts';
import { projectAt, removeStages } from './support/stages.ts';

afterAll(removeStages);

/** An agent's world: a project, a user's folder, a session whose hooks are active. */
interface World {
  readonly root: string;
  readonly home: string;
  readonly attempt: Attempt;
}

interface Ran {
  readonly exitCode: number | null;
  readonly output: string;
}

function shell({ root, home }: World, command: string, from = '.'): Ran {
  const env = {
    ...gitEnv(),
    HOME: home,
    PATH: pathWithProgram,
    CLAUDECODE: '1',
    CLAUDE_CODE_SESSION_ID: session,
    AI_AGENT: 'claude-code_2-1-328_agent',
  };
  const done = spawnSync('bash', ['-c', command], {
    cwd: path.join(root, from),
    env,
    encoding: 'utf8',
    input: '',
  });
  return { exitCode: done.status, output: done.stdout + done.stderr };
}

/** As the client asks: what the hook decides on one call, and the input that it puts in its place. */
async function ask({ root, home, attempt }: World, step: Step, permission_mode: string) {
  if (attempt.hooks === 'none') return { decision: undefined, input: undefined };
  const [tool_name, tool_input] =
    typeof step === 'string' ? ['Bash', { command: step }] : [step.tool, step.input];
  const fields = {
    cwd: path.join(root, attempt.cwd ?? '.'),
    permission_mode,
    tool_name,
    tool_input,
    tool_use_id: 'toolu_1',
    ...(attempt.agent === undefined ? {} : { agent_id: attempt.agent.id }),
  };
  const env = { HOME: home, CLAUDE_PROJECT_DIR: root };
  const failing: Record<string, string> = attempt.hooks === 'failing' ? { BACKLOG_NODE: '/nonexistent' } : {};
  try {
    const output = Object(await hook('PreToolUse', fields, { ...env, ...failing })).hookSpecificOutput;
    return { decision: output?.permissionDecision, input: output?.updatedInput };
  } catch (error) {
    // The client runs the tool when the hook cannot run.
    if (attempt.hooks === 'failing') return { decision: undefined, input: undefined };
    throw error;
  }
}

/** Runs a step as the client would. @returns whether the hook stopped it, and what it printed */
async function take(world: World, step: Step): Promise<{ readonly stopped: boolean; readonly ran?: Ran }> {
  const { decision, input } = await ask(world, step, 'bypassPermissions');
  if (decision === 'deny' || decision === 'ask') {
    // A person is asked only where the client is known to show the dialog.
    expect(decision).toBe('deny');
    expect((await ask(world, step, 'auto')).decision).toBe('deny');
    expect((await ask(world, step, 'default')).decision).toMatch(/^(?:deny|ask)$/);
    return { stopped: true };
  }
  if (typeof step === 'string')
    return { stopped: false, ran: shell(world, input?.command ?? step, world.attempt.cwd) };
  const { file_path, content, new_string } = step.input;
  if (typeof file_path !== 'string') throw new Error(`${step.tool} was let through`);
  const before = path.join(world.root, file_path);
  const old = existsSync(before) ? readFileSync(before, 'utf8') : '';
  writeFiles(world.root, { [file_path]: typeof content === 'string' ? content : `${old}${new_string}` });
  return { stopped: false };
}

async function judge(attempt: Attempt): Promise<{ readonly door: string; readonly outputs: string }> {
  const root = await projectAt(attempt.from ?? 'written');
  const home = path.join(path.dirname(root), 'home');
  const world: World = { root, home, attempt };
  writeFiles(home, { [`.backlog-toolkit/contexts/${session}/session.json`]: '{}' });
  const { agent } = attempt;
  if (agent !== undefined) {
    const at = new Date().toISOString();
    bindAgent({ env: { BACKLOG_HOME: path.join(home, '.backlog-toolkit') } }, agent.id, id, agent.gate);
    const context = {
      ticket_id: id,
      gate: agent.gate,
      project: 'shop',
      agent_type: 'x',
      skill: '',
      updated_at: at,
    };
    writeFiles(home, {
      [`.backlog-toolkit/contexts/${session}/history.jsonl`]: `${JSON.stringify({ at, agent_id: agent.id, context })}\n`,
    });
  }
  // The user's own settings, and another project of theirs.
  const aliases = '[alias]\n\tci = commit\n\tcia = !git add -A && git ci -m done\n\tsay = status --short\n';
  writeFiles(path.dirname(root), {
    'home/.gitconfig': aliases,
    'other/backlog.config.json': '{"version":"1.0","project":{"name":"other"}}',
  });
  const before = gitIn(root, 'rev-parse', 'HEAD');
  let stopped = false;
  const outputs: string[] = [];
  for (const step of attempt.steps) {
    const taken = await take(world, step);
    stopped ||= taken.stopped;
    if (taken.ran !== undefined) outputs.push(`$ ${String(step)}\n${taken.ran.output}`);
  }
  if (attempt.from !== 'completed') {
    const completing = shell(world, `backlog ticket complete ${id}`);
    outputs.push(completing.output);
    expect(completing.exitCode, outputs.join('\n')).not.toBe(0);
  }
  const printed = () => outputs.join('\n');
  if (gitIn(root, 'rev-parse', 'HEAD') === before) {
    expect(attempt.from, printed()).not.toBe('completed');
    if (!stopped) return { door: 'cli', outputs: printed() };
    // What was stopped leaves the ticket where it was.
    expect(existsSync(path.join(root, ticketPath())), printed()).toBe(true);
    return { door: 'hook', outputs: printed() };
  }
  for (const [door, flags] of [
    ['verify', '--no-rerun'],
    ['verify --rerun', '--rerun'],
  ] as const) {
    const verified = shell(world, `backlog verify --base ${before} --require-tickets ${flags}`);
    outputs.push(verified.output);
    if (verified.exitCode !== 0) return { door, outputs: printed() };
  }
  return { door: 'none: it got through', outputs: printed() };
}

/** The table of docs/gates.md: attempts by the door that stops them. */
function doorTable(): string[] {
  const doors = [...new Set(attempts.map(({ door }) => door))];
  return doors.flatMap((door) =>
    attempts.filter((one) => one.door === door).map(({ what }) => `${what} | ${door}`),
  );
}

it('docs/gates.md names each attempt and the door that stops it', () => {
  const [, section = ''] = page('docs/gates.md').split(
    '## Ways past the gates, and the door that stops each',
  );
  const rows = section
    .split('\n## ')[0]
    ?.split('\n')
    .filter((line) => /^\| /.test(line) && !/^\| (?:attempt|-)/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, 3)
        .map((cell) => cell.trim())
        .join(' | '),
    );
  expect(rows).toEqual(doorTable());
});

describe('no way past the gates', () => {
  it('is tried in more than sixty ways', () => {
    expect(attempts.length).toBeGreaterThan(60);
    expect(new Set(attempts.map(({ what }) => what)).size).toBe(attempts.length);
  });

  it.each(attempts)(
    '$what: $door',
    async (attempt) => {
      const { door, outputs } = await judge(attempt);
      expect(door, outputs).toBe(attempt.door);
      for (const words of attempt.says ?? []) expect(outputs).toContain(words);
    },
    120_000,
  );
});
