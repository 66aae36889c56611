import { usageError } from '../../platform/errors.ts';
import type { Message } from '../model.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/**
 * System messages as one system prompt, in their order, and the conversation.
 * @throws BacklogError `llm-messages-invalid` (exit 2)
 */
export function splitMessages(messages: readonly ChatMessage[]): {
  readonly system: string | undefined;
  readonly messages: readonly Message[];
} {
  const wrong = (what: string) =>
    usageError(what, "pass [{ role: 'user', content: '…' }]", 'llm-messages-invalid');
  if (!Array.isArray(messages)) throw wrong('messages is no list');
  const system: string[] = [];
  const conversation: Message[] = [];
  for (const [index, message] of messages.entries()) {
    const { role, content } = message ?? {};
    if (typeof content !== 'string') throw wrong(`messages[${index}].content is no text`);
    if (role === 'system') system.push(content);
    else if (role === 'user' || role === 'assistant') conversation.push({ role, content });
    else throw wrong(`messages[${index}].role is ${JSON.stringify(role)}, not system, user or assistant`);
  }
  if (conversation.length === 0) throw wrong('messages has nothing for a model to answer');
  return { system: system.length === 0 ? undefined : system.join('\n\n'), messages: conversation };
}
