/** What Claude Code sends to a hook, as far as we read it. Everything may be missing. */
export interface HookInput {
  readonly session_id: string;
  readonly transcript_path: string;
  readonly cwd: string;
  readonly permission_mode: string;
  /** One for each turn; empty before the first prompt and in older clients. */
  readonly prompt_id: string;
  readonly prompt: string;
  /** Of a typed slash command: `plugin:command`, and the rest of the line. */
  readonly command_name: string;
  readonly command_args: string;
  /** Absent on the main thread. */
  readonly agent_id: string | undefined;
  readonly agent_type: string;
  readonly tool_name: string;
  readonly tool_use_id: string;
  readonly tool_input: Fields;
  readonly tool_response: Fields;
  readonly last_assistant_message: string;
  /** A Stop hook has sent the model back already. */
  readonly stop_hook_active: boolean;
  /** How many agents and commands still run in the background. */
  readonly background_tasks: number;
}

export type Fields = Readonly<Record<string, unknown>>;

/** @returns `undefined` when it is no JSON object, or has no session */
export function parseHookInput(source: string): HookInput | undefined {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return undefined;
  }
  const fields = fieldsOf(value);
  const session = textOf(fields.session_id);
  if (session === '') return undefined;
  return {
    session_id: session,
    transcript_path: textOf(fields.transcript_path),
    cwd: textOf(fields.cwd) || process.cwd(),
    permission_mode: textOf(fields.permission_mode) || 'default',
    prompt_id: textOf(fields.prompt_id),
    prompt: textOf(fields.prompt),
    command_name: textOf(fields.command_name),
    command_args: textOf(fields.command_args),
    agent_id: textOf(fields.agent_id) || undefined,
    agent_type: textOf(fields.agent_type),
    tool_name: textOf(fields.tool_name),
    tool_use_id: textOf(fields.tool_use_id),
    tool_input: fieldsOf(fields.tool_input),
    tool_response: fieldsOf(fields.tool_response),
    last_assistant_message: textOf(fields.last_assistant_message),
    stop_hook_active: fields.stop_hook_active === true,
    background_tasks: Array.isArray(fields.background_tasks) ? fields.background_tasks.length : 0,
  };
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
