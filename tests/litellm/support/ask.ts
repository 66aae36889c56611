import { MASTER_KEY } from './proxy.ts';

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface Question {
  readonly model: string;
  readonly text?: string;
  readonly stream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Asks in the Anthropic form, as Claude Code does. */
export const askMessages = (url: string, question: Question): Promise<Asked> =>
  ask(`${url}/v1/messages?beta=true`, question);

/** Asks in the OpenAI form. */
export const askChat = (url: string, question: Question): Promise<Asked> =>
  ask(`${url}/v1/chat/completions`, question);

async function ask(url: string, { model, text = 'hello', stream, headers, body }: Question): Promise<Asked> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      authorization: `Bearer ${MASTER_KEY}`,
      ...headers,
    },
    body: JSON.stringify({
      model,
      max_tokens: 64,
      ...(stream === undefined ? {} : { stream }),
      messages: [{ role: 'user', content: text }],
      ...body,
    }),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}
