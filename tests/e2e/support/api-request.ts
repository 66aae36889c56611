import { z } from 'zod';

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });
const toolResultBlock = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z
    .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
    .optional(),
  is_error: z.boolean().optional(),
});
const toolUseBlock = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const block = z.union([textBlock, toolResultBlock, toolUseBlock, z.looseObject({ type: z.string() })]);
const message = z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(block)]) });
export const messagesBody = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  system: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional(),
  tools: z.array(z.looseObject({ name: z.string() })).optional(),
  messages: z.array(message),
});
type MessagesBody = z.infer<typeof messagesBody>;
type Message = MessagesBody['messages'][number];

interface ToolResult {
  readonly toolUseId: string;
  readonly text: string;
  readonly isError: boolean;
}

/** One `POST /v1/messages` of the client, read once and kept for the test to look at. */
export interface ApiRequest {
  readonly index: number;
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: MessagesBody;
  readonly sessionId: string | undefined;
  /** `x-claude-code-agent-id`: absent on the main thread (and on typed `context: fork` skills). */
  readonly agentId: string | undefined;
  /** All text of the first user message: system reminders, a typed prompt, or the prompt of a subagent. */
  readonly opening: string;
  /** The last text block of the first user message: the typed prompt, or the prompt that a subagent was given. */
  readonly prompt: string;
  /** Text and tool results of the newest user message: what the model has to answer. */
  readonly incoming: string;
  /** Tool results of the newest user message only. */
  readonly toolResults: readonly ToolResult[];
}

/** Reads a request of the client into what tests ask about. */
export function readRequest(
  index: number,
  requestId: string,
  headers: Record<string, string>,
  body: MessagesBody,
): ApiRequest {
  const users = body.messages.filter((each) => each.role === 'user');
  const newest = users.at(-1);
  const toolResults = newest ? resultsIn(newest) : [];
  return {
    index,
    requestId,
    headers,
    body,
    sessionId: headers['x-claude-code-session-id'],
    agentId: headers['x-claude-code-agent-id'],
    opening: users[0] ? textIn(users[0]).join('\n') : '',
    prompt: (users[0] ? textIn(users[0]).at(-1) : undefined) ?? '',
    incoming: [...toolResults.map((each) => each.text), ...(newest ? textIn(newest) : [])].join('\n'),
    toolResults,
  };
}

function textIn(from: Message): string[] {
  if (typeof from.content === 'string') return [from.content];
  return from.content.flatMap((each) => textBlock.safeParse(each).data?.text ?? []);
}

function resultsIn(from: Message): ToolResult[] {
  if (typeof from.content === 'string') return [];
  return from.content.flatMap((each) => {
    const parsed = toolResultBlock.safeParse(each);
    if (!parsed.success) return [];
    const { content = '', tool_use_id, is_error = false } = parsed.data;
    const text = typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
    return [{ toolUseId: tool_use_id, text, isError: is_error }];
  });
}
