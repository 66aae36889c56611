import { readFileSync } from 'node:fs';
import path from 'node:path';
import { timestamp } from '../../platform/clock.ts';
import { BacklogError, ExitCode, messageOf, usageError } from '../../platform/errors.ts';
import { findProject } from '../../project/paths.ts';
import { accountJson, accountLine } from '../../router/account.ts';
import type { Answer } from '../../router/call.ts';
import type { Wanted } from '../../router/chain.ts';
import { compileSchema, type JsonSchema } from '../../router/json-schema.ts';
import { callModel } from '../../router/route.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { countedCall } from '../local-attempt.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';
import { wiringFor } from './llm-call-wiring.ts';

const DEFAULT_MAX_TOKENS = 4096;
const DEFAULT_TEMPERATURE = 0.2;

export const llmCall: CommandFunction = async (call, io) => {
  const wanted = wantedOf(call);
  const extraTags = call.texts('tag').map(checkedTag);
  const maxTokens = call.number('maxTokens', { min: 1, integer: true }) ?? DEFAULT_MAX_TOKENS;
  const temperature = call.number('temperature', { min: 0, max: 2 }) ?? DEFAULT_TEMPERATURE;
  const seconds = call.number('timeout', { min: 0.001, max: 86_400 });
  const schema = schemaOf(call, io);
  const project = findProject(io.cwd);
  const wiring = wiringFor(project, io);
  const [system, prompt] = [call.text('system'), await promptOf(call, io)];
  const sentAt = timestamp(io.clock);
  let answer: Answer | undefined;
  let sent = false;
  try {
    wiring.admit(wanted.name);
    sent = true;
    const local = wanted.name === 'free' && wanted.kind === 'model' ? wiring.localCall : undefined;
    answer = await countedCall(local, io, () =>
      callModel(
        {
          wanted,
          system,
          messages: [{ role: 'user', content: prompt }],
          maxTokens,
          temperature,
          schema,
          timeoutMs: seconds === undefined ? undefined : seconds * 1000,
          noFallback: call.isOff('fallback'),
          tags: [...new Set([...wiring.tags, ...extraTags])],
          gate: wiring.gate,
          agent: wiring.agent,
        },
        wiring.deps,
      ),
    );
    printResult(io, { json: accountJson(answer), text: answer.text });
    io.note(accountLine(answer));
    return ExitCode.Ok;
  } finally {
    if (sent) await wiring.logChat({ sentAt, system, prompt, answer });
    await wiring.close();
  }
};

function wantedOf(call: Invocation): Wanted {
  const [model, role] = [call.text('model'), call.text('role')];
  if (model !== undefined && role !== undefined)
    throw usageError('--model and --role exclude each other', 'leave one of them out');
  for (const [flag, value] of Object.entries({ model, role })) {
    if (value !== undefined && value.trim() === '')
      throw usageError(`--${flag} is empty`, 'give it a name, or leave it out');
  }
  return role === undefined ? { kind: 'model', name: model ?? 'free' } : { kind: 'role', name: role };
}

/** `--user` beats `--file` beats stdin. */
async function promptOf(call: Invocation, io: Io): Promise<string> {
  const file = call.text('file');
  const text =
    call.text('user') ??
    (file === undefined || file === '-' ? await io.stdin() : readInput(path.resolve(io.cwd, file), file));
  if (text.trim() !== '') return text;
  throw usageError(
    'there is no prompt: --user, --file and stdin are all empty or missing',
    'add one, such as: backlog llm-call --user "Say hello"',
    'llm-no-prompt',
  );
}

function readInput(full: string, shown: string): string {
  try {
    return readFileSync(full, 'utf8');
  } catch (error) {
    throw new BacklogError({
      code: 'llm-input-unreadable',
      message: `cannot read ${shown}: ${messageOf(error)}`,
      fix: 'check the path; it is relative to the working directory (or --cwd)',
      exitCode: ExitCode.Usage,
      file: shown,
    });
  }
}

function schemaOf(call: Invocation, io: Io): JsonSchema | undefined {
  const file = call.text('schema');
  if (file === undefined) return undefined;
  const text = readInput(path.resolve(io.cwd, file), file);
  let source: unknown;
  try {
    source = JSON.parse(text);
  } catch (error) {
    throw new BacklogError({
      code: 'llm-schema-unreadable',
      message: `${file} is no JSON: ${messageOf(error)}`,
      fix: `mend ${file}, or check it with: node -e 'JSON.parse(require("fs").readFileSync(0))' < ${file}`,
      exitCode: ExitCode.Usage,
      file,
    });
  }
  return compileSchema(source, file);
}

/** The rules of our own tags (contracts: Attribution), because extra ones travel in the same header. */
function checkedTag(tag: string): string {
  if (/^[A-Za-z][\w.-]*:[\x20-\x2b\x2d-\x7e]+$/.test(tag) && tag.length <= 160) return tag;
  throw usageError(
    `--tag is "${tag}", not key:value`,
    'pass key:value in printable ASCII without a comma, such as --tag team:payments',
  );
}
