import { spawn } from 'node:child_process';
import path from 'node:path';
import { installRoot } from '../project/install-root.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/**
 * Starts the reader of transcripts as a process of its own: the client cancels SessionEnd hooks after 1.5 s and waits for the
 * others. The input comes on its stdin, as a hook gets it. With `BACKLOG_READER=attached` it stays in the group of its hook, and
 * ends with it: for a caller that takes its folders away (the demo).
 */
export function spawnReader(input: HookInput, { env }: HookWorld): void {
  const { session_id, transcript_path, cwd } = input;
  const child = spawn(path.join(installRoot(), 'bin', 'backlog'), ['hook', 'Ingest'], {
    cwd: '/',
    env,
    detached: env.BACKLOG_READER !== 'attached',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify({ session_id, transcript_path, cwd, hook_event_name: 'Ingest' }));
  child.unref();
}
