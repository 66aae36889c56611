import {
  askHealth,
  ensureGateway,
  logFile,
  misplaced,
  REPLACE,
  runningGateway,
  stopGateway,
} from '../../gateway/daemon.ts';
import { isEnabled } from '../../gateway/enable.ts';
import { readRoutes } from '../../gateway/routes.ts';
import { ExitCode } from '../../platform/errors.ts';
import { backlogHome, findProject } from '../../project/paths.ts';
import { budgetLines, projectBudgets } from '../budgets.ts';
import { printResult } from '../output.ts';
import { exportsOf, exportsText } from '../project-exports.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog gateway start`: in the background, unless one answers already. */
export const start: CommandFunction = async (call, io) => {
  const port = call.number('port', { min: 0, max: 65_535, integer: true });
  const home = backlogHome(io.env);
  const gateway = await ensureGateway({
    home,
    env: io.env,
    version: __BACKLOG_VERSION__,
    port,
  });
  const { host, pid, fresh } = gateway;
  const problem = misplaced(home, gateway);
  if (problem !== undefined) io.note(`warning: ${problem}\nfix: ${REPLACE}`);
  printResult(io, {
    json: { running: true, started: fresh, pid, host, port: gateway.port },
    text: `${fresh ? 'started' : 'runs already'}: http://${host}:${gateway.port}, process ${pid}`,
  });
  return ExitCode.Ok;
};

/** `backlog gateway stop`: after the requests in flight. */
export const stop: CommandFunction = async (_call, io) => {
  const stopped = await stopGateway(backlogHome(io.env));
  printResult(io, {
    json: { stopped: stopped !== undefined, pid: stopped?.pid ?? null },
    text: stopped === undefined ? 'no gateway runs' : `stopped: process ${stopped.pid}`,
  });
  return ExitCode.Ok;
};

/** `backlog gateway status`: whether it answers, what it did, where requests go. Exit 1 when this project needs it and it does not. */
export const status: CommandFunction = async (_call, io) => {
  const home = backlogHome(io.env);
  const running = runningGateway(home);
  const health = running && (await askHealth(running.host, running.port));
  const { projects, port } = readRoutes(home);
  const root = findProject(io.cwd)?.mainRoot;
  const enabled = root !== undefined && isEnabled(home, root);
  const routes = Object.values(projects);
  const elsewhere = enabled && running && health ? misplaced(home, running) : undefined;
  const project = findProject(io.cwd);
  const budgets = project === undefined ? { verdicts: [], problem: undefined } : projectBudgets(project, io);
  const exported = exportsOf(project, io);
  printResult(io, {
    json: {
      running: health !== undefined,
      host: running?.host ?? null,
      port: running?.port ?? port,
      health: health ?? null,
      project_enabled: enabled,
      problem: elsewhere ?? null,
      projects: routes,
      budgets: budgets.verdicts,
      telemetry: typeof exported === 'string' ? { problem: exported } : (exported ?? null),
      log: logFile(home),
    },
    text: [
      health === undefined
        ? `not running${running ? `: process ${running.pid} does not answer on port ${running.port}` : ''}`
        : `running: http://${running?.host}:${running?.port}, process ${health.pid}, version ${health.version}, since ${health.started_at}`,
      ...(health?.config_problems ?? []).map(
        ({ root: folder, message }) =>
          `configuration of ${folder} cannot be read, the last good one holds: ${message}`,
      ),
      ...(health === undefined
        ? []
        : [
            `requests: ${health.requests}, in flight: ${health.in_flight}`,
            ...(health.ledger.waiting > 0
              ? [`records that wait for their ledger: ${health.ledger.waiting} (${health.ledger.last_error})`]
              : []),
          ]),
      root === undefined
        ? 'no project here'
        : enabled
          ? 'this project: enabled'
          : 'this project: not enabled (`backlog gateway enable`)',
      ...routes.map((route) => `  ${route.root} -> ${route.upstream}`),
      ...(exported === undefined ? [] : [exportsText(exported)]),
      ...budgetLines(budgets),
      ...(elsewhere === undefined ? [] : [`error: ${elsewhere}`, `next: ${REPLACE}`]),
      ...(enabled && health === undefined ? ['next: backlog gateway start'] : []),
    ].join('\n'),
  });
  return enabled && (health === undefined || elsewhere !== undefined) ? ExitCode.CheckFailed : ExitCode.Ok;
};
