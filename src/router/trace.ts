import path from 'node:path';
import { writeFileAtomic } from '../platform/files.ts';
import { sha256 } from '../platform/ids.ts';
import type { Attempted, AttemptRecord } from './attempt.ts';
import type { Prompt, Target } from './model.ts';

/** One attempt, to be looked at afterwards. Without prompt, answer and upstream messages, which may quote the prompt. */
export interface Trace {
  readonly v: 1;
  /** Of the whole call; the same for all its attempts. */
  readonly call_id: string;
  /** As the configuration names it. */
  readonly provider_type: string;
  /** What the caller named: a role, a tier or a model. */
  readonly asked: string;
  readonly work_package_id: string | null;
  readonly workspace: string | null;
  readonly record: AttemptRecord;
  readonly tags: readonly string[];
  readonly max_tokens: number | null;
  readonly temperature: number | null;
  readonly schema: boolean;
  readonly context_overflow: boolean;
  readonly prompt_characters: number;
  readonly prompt_sha256: string;
  readonly answer_characters: number | null;
  /** Only when the configuration asks for it (`llmOps.traces.includePrompts`). */
  readonly content?: {
    readonly system: string | null;
    readonly messages: Prompt['messages'];
    readonly answer: string | null;
    readonly failure: string | null;
  };
}

export interface TraceFacts {
  readonly id: string;
  readonly target: Target;
  readonly attempted: Attempted;
  readonly asked: string;
  readonly call: {
    readonly tags: readonly string[];
    readonly workPackageId?: string | undefined;
    readonly workspace?: string | undefined;
  };
  readonly prompt: Prompt;
  readonly includePrompts: boolean;
}

export function traceOf({ id, target, attempted, asked, call, prompt, includePrompts }: TraceFacts): Trace {
  const { record, answer, failure } = attempted;
  const whole = JSON.stringify([prompt.system ?? null, prompt.messages]);
  const content = {
    system: prompt.system ?? null,
    messages: prompt.messages,
    answer: answer?.text ?? null,
    failure: failure?.message ?? null,
  };
  return {
    v: 1,
    call_id: id,
    provider_type: target.provider.type,
    asked,
    work_package_id: call.workPackageId ?? null,
    workspace: call.workspace ?? null,
    record,
    tags: call.tags,
    max_tokens: prompt.maxTokens ?? null,
    temperature: prompt.temperature ?? null,
    schema: prompt.schema !== undefined,
    context_overflow: failure?.contextOverflow ?? false,
    prompt_characters: prompt.messages.reduce((sum, message) => sum + message.content.length, 0),
    prompt_sha256: sha256(whole),
    answer_characters: answer?.text.length ?? null,
    ...(includePrompts ? { content } : {}),
  };
}

/**
 * Writes `traces/YYYYMMDD/<call>-<attempt>-<provider>.json` (UTC day, mode 0600) below the project's `.backlog-ops/`, outside
 * a project below the user's own folder.
 * @returns the file
 */
export function writeTrace(folder: string, trace: Trace): string {
  const { ts, attempt, provider } = trace.record;
  const day = ts.slice(0, 10).replaceAll('-', '');
  const name = `${trace.call_id}-${attempt}-${provider.replace(/[^\w.-]/g, '_')}.json`;
  const file = path.join(folder, 'traces', day, name);
  writeFileAtomic(file, `${JSON.stringify(trace, null, 2)}\n`, { mode: 0o600, dirMode: 0o700 });
  return file;
}
