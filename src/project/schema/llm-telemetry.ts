import * as z from 'zod';
import { countFrom, httpUrl } from './parts.ts';

/** Only a variable of headers: a configuration from elsewhere cannot have another one, such as an API key, sent out. */
const headersEnv = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*_HEADERS$/,
    'must be the name of an environment variable that ends in _HEADERS, never the headers themselves',
  );

/** What is told about requests elsewhere than in the ledger. */
export const telemetryKeys = {
  telemetry: z
    .strictObject({
      otlpEndpoint: httpUrl
        .refine((value) => URL.canParse(value), { error: 'is no address: check its host and port' })
        .optional()
        .describe('OTLP/HTTP collector (http://127.0.0.1:4318): one span for each request goes there.'),
      otlpHeadersEnv: headersEnv
        .optional()
        .describe('Name of the environment variable with the headers for it: `name=value,name=value`.'),
      otlpInsecure: z
        .boolean()
        .default(false)
        .describe('Allow http:// to another machine; spans and headers then travel in the clear.'),
    })
    .refine(({ otlpEndpoint, otlpInsecure }) => otlpInsecure || isPrivate(otlpEndpoint), {
      path: ['otlpEndpoint'],
      error: 'must be https://, or http:// on this machine; "otlpInsecure": true allows http:// elsewhere',
    })
    .prefault({}),
  logging: z
    .strictObject({
      chat: z
        .enum(['off', 'redacted', 'full'])
        .default('off')
        .describe(
          'Keep prompts and answers in .backlog-ops/chats/: not at all, with secrets struck out, or as they are.',
        ),
      retentionDays: countFrom(1)
        .default(30)
        .describe('Chat logs that nobody has written to for so many days are removed.'),
    })
    .prefault({}),
};

function isPrivate(endpoint: string | undefined): boolean {
  // What cannot be read is told by the key itself.
  if (endpoint === undefined || !URL.canParse(endpoint)) return true;
  const { protocol, hostname } = new URL(endpoint);
  return protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
