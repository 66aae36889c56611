import { readdirSync } from 'node:fs';
import path from 'node:path';
import { registerSession } from '../attribution/session.ts';
import { leaseState, readClaims } from '../gates/claims.ts';
import { appendLine } from '../platform/files.ts';
import { dataDirOf } from '../project/data-dir.ts';
import { gatewayPrefix } from '../project/gateway-address.ts';
import { installRoot } from '../project/install-root.ts';
import { findProject, type ProjectPaths } from '../project/paths.ts';
import type { HookInput } from './input.ts';
import { nameOfProject } from './join.ts';
import { spawnReader } from './spawn-reader.ts';
import type { HookWorld } from './world.ts';

/** A session begins or goes on: it is registered, our program comes first on PATH, and the model hears what there is. */
export async function sessionStart(input: HookInput, world: HookWorld): Promise<object | undefined> {
  registerSession(world.home, {
    sessionId: input.session_id,
    transcript: input.transcript_path,
    cwd: input.cwd,
    project: nameOfProject(input.cwd),
    clock: world.clock,
  });
  if (world.env.CLAUDE_ENV_FILE) putFirstOnPath(world.env.CLAUDE_ENV_FILE);
  const project = findProject(input.cwd);
  if (project === undefined) return undefined;
  // What a killed session has left unread.
  spawnReader(input, world);
  const { line, forUser } = await routing(project, world);
  const state = `${stateOf(project, input, world)}\n${line}`;
  return {
    // The model may never answer, so the user hears it from us.
    ...(forUser ? { systemMessage: `backlog: ${line}` } : {}),
    hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: state },
  };
}

function putFirstOnPath(envFile: string): void {
  const bin = path.join(installRoot(), 'bin').replaceAll("'", `'\\''`);
  appendLine(envFile, `export PATH='${bin}':"$PATH"`);
}

interface Routing {
  readonly line: string;
  /** The user has to hear it: requests of this session reach no model, or another project pays for them. */
  readonly forUser: boolean;
}

/** Whether this session's requests are tagged and limited on their way, in one line; starts the gateway where it is enabled. */
async function routing({ mainRoot }: ProjectPaths, { gateway, env }: HookWorld): Promise<Routing> {
  const prefix = gatewayPrefix(env.ANTHROPIC_BASE_URL);
  const target = prefix === undefined ? undefined : gateway?.rootOf(prefix);
  if (prefix !== undefined && gateway !== undefined && target !== mainRoot) return strayed(prefix, target);
  if (!gateway?.isEnabled(mainRoot)) {
    const line =
      prefix === undefined
        ? 'Requests are not routed: costs are read from transcripts afterwards (`backlog gateway enable` changes that).'
        : 'Requests are routed through the gateway.';
    return { line, forUser: false };
  }
  const problem = await gateway.start();
  return problem === undefined
    ? { line: 'Requests are routed through the gateway.', forUser: false }
    : { line: `Requests cannot be routed: ${problem}. Tell the user first.`, forUser: true };
}

/** Settings that were committed elsewhere, or another clone's: their address is none of this project's. */
function strayed(prefix: string, target: string | undefined): Routing {
  const enable = 'Type `backlog gateway enable` in this project: its own settings win over shared ones.';
  return target === undefined
    ? {
        line: `Requests cannot be routed: the settings send them to a gateway on this machine, which knows no project ${prefix}. ${enable}`,
        forUser: true,
      }
    : { line: `Requests are counted for ${target}, another clone of this project. ${enable}`, forUser: true };
}

/** At most ten lines, from file names and claims alone: a session's start waits for it. */
function stateOf(project: ProjectPaths, input: HookInput, world: HookWorld): string {
  const { claims, broken } = readClaims(project.opsDir);
  const held = claims.filter((claim) => claim.owner !== null && leaseState(claim, world.clock()) === 'held');
  const pending = ticketCount(project);
  return [
    'This project keeps its tickets with backlog-toolkit.',
    `${pending} ${pending === 1 ? 'ticket is' : 'tickets are'} pending. \`backlog\` shows which are ready, blocked or broken.`,
    ...held
      .slice(0, 4)
      .map(
        (claim) =>
          `${claim.ticket_id} is held by ${claim.session_id === input.session_id ? 'this session' : 'another session or person'}.`,
      ),
    ...(broken.length > 0 ? [`${broken.length} claims cannot be read; \`backlog\` names them.`] : []),
    'A ticket is implemented by the skill backlog-toolkit:backlog-implementer and committed by `backlog commit`.',
  ].join('\n');
}

function ticketCount(project: ProjectPaths): number {
  try {
    return readdirSync(path.join(dataDirOf(project), 'pending')).filter((name) => name.endsWith('.md'))
      .length;
  } catch {
    return 0;
  }
}
