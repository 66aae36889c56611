import type { Message } from '../model.cjs';
export interface ChatMessage {
    readonly role: 'system' | 'user' | 'assistant';
    readonly content: string;
}
/**
 * System messages as one system prompt, in their order, and the conversation.
 * @throws BacklogError `llm-messages-invalid` (exit 2)
 */
export declare function splitMessages(messages: readonly ChatMessage[]): {
    readonly system: string | undefined;
    readonly messages: readonly Message[];
};
