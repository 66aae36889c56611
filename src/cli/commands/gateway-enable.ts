import { spawn } from 'node:child_process';
import { constants, homedir } from 'node:os';
import { effectiveEnv } from '../../gateway/client-settings.ts';
import { ensureGateway, gatewayOn, stopGateway } from '../../gateway/daemon.ts';
import { addRoute, clientEnv, disable, type Enabled, enable, enabledRoots } from '../../gateway/enable.ts';
import { baseUrl } from '../../gateway/prefix.ts';
import { BacklogError, ExitCode, messageOf, usageError } from '../../platform/errors.ts';
import { hookFolders, hooksPlace, uninstallGitHooks } from '../../project/git-hooks.ts';
import { installRoot } from '../../project/install-root.ts';
import { projectName } from '../../project/name.ts';
import { backlogHome, type ProjectPaths, requireProject } from '../../project/paths.ts';
import { confirm } from '../confirm.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog gateway enable`: this project's requests go through the gateway from now on. */
export const turnOn: CommandFunction = async (call, io) => {
  const project = requireProject(io.cwd);
  const scope = scopeOf(call);
  if (scope === 'project') await confirmForTeam(call, io);
  const enabling = enablingOf(call, io, project);
  const { home, port } = enabling;
  const wanted = { home, env: io.env, version: __BACKLOG_VERSION__ };
  const started = () => (port === undefined ? ensureGateway(wanted) : gatewayOn(port, wanted));
  const enabled = await enable({
    ...enabling,
    scope,
    statusLine: call.flag('statusline') ? statusLine() : undefined,
    started,
  });
  const gateway = await ensureGateway(wanted);
  if (gateway.port !== enabled.port)
    io.note(
      `warning: a gateway runs on port ${gateway.port}, but the settings name ${enabled.port}; run \`backlog gateway stop\`, then \`backlog gateway start\``,
    );
  noteMoved(enabled, io);
  if (enabled.status_line === 'kept') io.note('note: there is a status line already; it stays');
  printResult(io, {
    json: { enabled: true, scope, ...enabled, pid: gateway.pid },
    text: [
      `enabled: ${enabled.file} sends this project's requests to ${enabled.base_url}`,
      `upstream: ${enabled.upstream}`,
      ...switchedOff.map((line) => `note: ${line}`),
      'next: start Claude Code in this project (a running session takes it over within seconds)',
    ].join('\n'),
  });
  return ExitCode.Ok;
};

/** One gateway serves all projects: what their settings say of its port goes with it. */
function noteMoved({ moved, left, port }: Enabled, io: Io): void {
  for (const file of moved) io.note(`note: ${file} names port ${port} now, too`);
  for (const { file, problem } of left)
    io.note(
      `warning: ${file} still names another port, where nobody answers: ${problem}; mend it, then run \`backlog gateway enable\` in that project`,
    );
}

/** Enables a project for its user alone and starts the gateway: what `init` offers. */
export async function enableIn(root: string, name: string, io: Io): Promise<Enabled> {
  const home = backlogHome(io.env);
  const userHome = io.env.HOME || homedir();
  const started = () => ensureGateway({ home, env: io.env, version: __BACKLOG_VERSION__ });
  return enable({ home, userHome, env: io.env, root, name, scope: 'local', started });
}

/** What Claude Code leaves out when its base URL is not Anthropic's own. */
const switchedOff = [
  'behind a base URL of its own Claude Code offers no Remote Control',
  'MCP tool search is kept by ENABLE_TOOL_SEARCH=true where the upstream is Anthropic; behind another one it is yours to set',
];

/** `backlog gateway disable`: takes exactly that out again. */
export const turnOff: CommandFunction = async (_call, io) => {
  const project = requireProject(io.cwd);
  const done = await disable(backlogHome(io.env), project.mainRoot);
  printResult(io, {
    json: { enabled: false, files: done },
    text:
      done.length === 0
        ? 'this project was not enabled'
        : [
            ...done.map(({ file, how }) => `${how}: ${file}`),
            'a session that runs now keeps its address until it ends',
          ].join('\n'),
  });
  return ExitCode.Ok;
};

/** `backlog gateway exec -- claude …`: routes one launch, writes no settings. */
export const exec: CommandFunction = async (call, io) => {
  const [program, ...args] = call.args(0);
  if (program === undefined)
    throw usageError('there is no command to run', 'put it behind --: `backlog gateway exec -- claude`');
  const project = requireProject(io.cwd);
  const enabling = enablingOf(call, io, project);
  const { route } = await addRoute(enabling);
  const gateway = await ensureGateway({
    home: enabling.home,
    env: io.env,
    version: __BACKLOG_VERSION__,
  });
  const env = {
    ...clientEnv(enabling, { port: gateway.port, route }),
    ANTHROPIC_BASE_URL: baseUrl(gateway.port, route.prefix),
  };
  // Settings win over the environment: where they name an address, ours must come the same way.
  const set = effectiveEnv('ANTHROPIC_BASE_URL', {
    root: project.mainRoot,
    env: {},
    userHome: enabling.userHome,
  });
  const isClient = /(?:^|[\\/])claude(?:\.exe)?$/.test(program);
  const more =
    set !== undefined && isClient && !args.includes('--settings')
      ? ['--settings', JSON.stringify({ env })]
      : [];
  if (set !== undefined && isClient && more.length === 0)
    io.note(
      `warning: ${set.from} names ${set.value}, which wins over ours; put ANTHROPIC_BASE_URL=${env.ANTHROPIC_BASE_URL} into your own --settings`,
    );
  return launch(program, [...more, ...args], { ...io.env, ...env }, io);
};

/** Runs a program in our place: its exit code is ours, and signals are its own. */
function launch(program: string, args: readonly string[], env: NodeJS.ProcessEnv, io: Io): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: io.cwd, env, stdio: 'inherit' });
    // A terminal sends Ctrl-C to the program as well, which may go on: then this command was not interrupted. Whoever ends us means
    // the program.
    process.removeAllListeners('SIGINT');
    const stay = () => {};
    const handOn = (signal: NodeJS.Signals) => void child.kill(signal);
    process.on('SIGINT', stay).on('SIGTERM', handOn).on('SIGHUP', handOn);
    const over = () => process.off('SIGINT', stay).off('SIGTERM', handOn).off('SIGHUP', handOn);
    child.on('error', (error) => {
      over();
      reject(
        new BacklogError({
          code: 'program-not-found',
          message: `${program} cannot be started: ${error.message}`,
          fix: `check that ${program} is on PATH`,
          exitCode: ExitCode.Outside,
        }),
      );
    });
    // As a shell says it: 128 and the signal's number.
    child.on('close', (code, signal) => {
      over();
      resolve((code ?? 128 + (signal === null ? 0 : constants.signals[signal])) as ExitCode);
    });
  });
}

/** `backlog uninstall`: undoes what we wrote outside the project's own files. */
export const uninstall: CommandFunction = async (_call, io) => {
  const home = backlogHome(io.env);
  const undone: string[] = [];
  const failed: string[] = [];
  for (const root of enabledRoots(home)) {
    try {
      for (const { file, how } of await disable(home, root)) undone.push(`${how}: ${file}`);
    } catch (error) {
      // The others are undone all the same.
      failed.push(error instanceof BacklogError ? `${error.message}; ${error.fix}` : messageOf(error));
    }
  }
  const here = await hooksPlace(io.cwd, io.env).catch(() => undefined);
  for (const folder of new Set([...hookFolders(home), ...(here === undefined ? [] : [here.folder])])) {
    try {
      for (const file of uninstallGitHooks(folder, home)) undone.push(`git hook taken out: ${file}`);
    } catch (error) {
      failed.push(`git hooks in ${folder}: ${messageOf(error)}`);
    }
  }
  const stopped = await stopGateway(home);
  if (stopped !== undefined) undone.push(`stopped: process ${stopped.pid}`);
  printResult(io, {
    json: { undone, failed, kept: [home] },
    text: [
      ...(undone.length + failed.length === 0 ? ['nothing was enabled'] : undone),
      ...failed.map((line) => `not undone: ${line}`),
      `kept: ${home} (usage of requests outside projects, contexts); delete it when you want`,
      'kept: tickets, evidence and configuration of your projects',
      'skills that install.sh copied: run install.sh --uninstall; the plugin: `claude plugin uninstall backlog-toolkit`',
    ].join('\n'),
  });
  return failed.length > 0 ? ExitCode.ProjectUnusable : ExitCode.Ok;
};

function enablingOf(call: Invocation, io: Io, project: ProjectPaths) {
  return {
    home: backlogHome(io.env),
    userHome: io.env.HOME || homedir(),
    env: io.env,
    root: project.mainRoot,
    name: projectName(project.root).name,
    port: call.number('port', { min: 1, max: 65_535, integer: true }),
  };
}

function scopeOf(call: Invocation): 'local' | 'project' {
  if (call.flag('local') && call.flag('project'))
    throw usageError('--local and --project exclude each other', 'leave one of them out');
  return call.flag('project') ? 'project' : 'local';
}

/** Committed settings send team mates to an address where nobody answers. */
async function confirmForTeam(call: Invocation, io: Io): Promise<void> {
  const warning =
    '.claude/settings.json is shared: without a gateway of their own, team mates who pull it cannot reach the API at all';
  if (call.flag('yes')) {
    io.note(`warning: ${warning}`);
    return;
  }
  if (!io.interactive)
    throw usageError(
      warning,
      'use --local; or add --yes if every team mate has the gateway',
      'gateway-project-scope',
    );
  if (!(await confirm(`${warning}.\nGo on? [y/N] `, io.signal)))
    throw usageError('nothing was changed', 'use --local to enable it for yourself', 'gateway-project-scope');
}

function statusLine(): object {
  return { type: 'command', command: `"${installRoot()}/bin/backlog" statusline` };
}
