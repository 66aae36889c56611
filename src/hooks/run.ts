/** Runs one hook event: Claude Code's JSON on stdin, its decision on stdout. */
export async function runHook(event: string): Promise<number> {
  throw new Error(`this room is being built: ${event}`);
}
