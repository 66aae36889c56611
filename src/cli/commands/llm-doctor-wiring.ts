import { recentSessions, sessionRegistered } from '../../attribution/session.ts';
import { askHealth, misplaced, REPLACE, runningGateway } from '../../gateway/daemon.ts';
import { isEnabled } from '../../gateway/enable.ts';
import { readRoutes } from '../../gateway/routes.ts';
import { isInside } from '../../platform/files.ts';
import { backlogHome, findProject } from '../../project/paths.ts';
import { type Finding, failed, ok, warning } from '../../router/doctor/finding.ts';
import type { Io } from '../io.ts';

/** Whether requests of this project go through the gateway, and whether it is there to take them. */
export async function gatewayFindings(io: Io): Promise<Finding[]> {
  const check = 'gateway';
  const home = backlogHome(io.env);
  const root = findProject(io.cwd)?.mainRoot;
  const running = runningGateway(home);
  const health = running && (await askHealth(running.host, running.port));
  const port = readRoutes(home).port;
  const enabled = root !== undefined && isEnabled(home, root);
  if (enabled && health === undefined)
    return [
      failed(
        check,
        `this project's requests go to the gateway on port ${port ?? running?.port ?? '?'}, and it does not answer`,
        'run `backlog gateway start`, or `backlog gateway disable`',
      ),
    ];
  const elsewhere = enabled && running ? misplaced(home, running) : undefined;
  if (elsewhere !== undefined) return [failed(check, elsewhere, `run \`${REPLACE}\``)];
  if (enabled) return [ok(check, `enabled for this project, and it answers on port ${running?.port}`)];
  if (root === undefined) return [ok(check, 'no project here')];
  return [
    warning(
      check,
      'not enabled for this project: requests are priced from transcripts, and no budget can stop one',
      'run `backlog gateway enable`',
    ),
  ];
}

/** Whether Claude Code runs our hooks: SessionStart leaves a stamp. */
export function hookFindings(io: Io): Finding[] {
  const check = 'hooks';
  const home = backlogHome(io.env);
  const fix = 'enable the plugin (`claude plugin list` shows it), then start a new session';
  if (io.env.BACKLOG_HOOKS === 'off')
    return [warning(check, 'switched off by BACKLOG_HOOKS=off', 'unset BACKLOG_HOOKS')];
  const { sessionId } = io.caller;
  if (sessionId !== undefined)
    return [
      sessionRegistered(home, sessionId)
        ? ok(check, 'they run in this session')
        : warning(check, 'this session has left no stamp: its hooks do not run', fix),
    ];
  const root = findProject(io.cwd)?.mainRoot;
  const last = recentSessions(home).find(
    ({ cwd }) => root === undefined || cwd === root || isInside(root, cwd),
  );
  if (last !== undefined) return [ok(check, `they ran in the session of ${last.started_at}`)];
  return [warning(check, `no session of Claude Code has left a stamp${root ? ' here' : ''} yet`, fix)];
}
