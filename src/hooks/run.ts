import { statSync } from 'node:fs';
import path from 'node:path';
import { systemClock, timestamp } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import { appendLine, writeFileAtomic } from '../platform/files.ts';
import { backlogHome } from '../project/paths.ts';
import { type HookInput, parseHookInput } from './input.ts';
import type { GatewayDoor, HookWorld } from './world.ts';

type Handler = (input: HookInput, world: HookWorld) => object | undefined | Promise<object | undefined>;

/** An event's handler by its name; each is loaded when its event comes. */
export type Handlers = Readonly<Record<string, () => Promise<Handler>>>;

/**
 * Runs one hook event: Claude Code's JSON on stdin, its decision on stdout. A hook never breaks a session: whatever goes wrong
 * in here, the client goes on and a line in `hooks.log` says why. Denials fail closed inside their own module.
 */
export async function runHook(event: string, handlers: Handlers, gateway?: GatewayDoor): Promise<number> {
  const { env } = process;
  if (env.BACKLOG_HOOKS === 'off') return 0;
  // The client names its own processes `…_harness`; from an agent's shell nobody may play an event to us.
  if (env.AI_AGENT?.endsWith('_agent') && event !== 'Ingest') return 0;
  const world: HookWorld = {
    env,
    home: backlogHome(env),
    clock: systemClock,
    gateway,
    report: (message) => log(world, event, message),
  };
  try {
    const load = Object.hasOwn(handlers, event) ? handlers[event] : undefined;
    if (load === undefined) return 0;
    const input = parseHookInput(await readStdin());
    if (input === undefined) throw new Error('stdin holds no JSON object with a session_id');
    const answer = await (await load())(input, world);
    if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
  } catch (error) {
    log(world, event, messageOf(error));
  }
  return 0;
}

async function readStdin(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin)
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Most bytes of the log: 1 MiB; then it begins anew. */
const MOST_LOG = 1024 * 1024;

function log({ home, clock }: HookWorld, event: string, message: string): void {
  try {
    const file = path.join(home, 'hooks.log');
    const modes = { mode: 0o600, dirMode: 0o700 };
    const line = JSON.stringify({ at: timestamp(clock), event, message: message.slice(0, 2000) });
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MOST_LOG)
      writeFileAtomic(file, `${line}\n`, modes);
    else appendLine(file, line, modes);
  } catch {
    // A home that cannot be written: the session goes on all the same.
  }
}
