import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMarker, type Marker } from '../../src/attribution/marker.ts';
import { requestFacts } from '../../src/gateway/request-facts.ts';
import { elements, members, valueAt } from '../../src/platform/json-scan.ts';

const spaces = fc.stringMatching(/^[ \n\r\t]{0,3}$/);

/** JSON text of a value as other serialisers write it: with white space, escaped signs, and keys twice. */
function spelled(value: unknown, space: string, escapes: boolean): string {
  const escaped = (sign: string) =>
    /[A-Za-z\u0080-\uffff]/.test(sign)
      ? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
      : JSON.stringify(sign).slice(1, -1);
  const quoted = (text: string) =>
    escapes ? `"${text.split('').map(escaped).join('')}"` : JSON.stringify(text);
  const write = (part: unknown): string => {
    if (typeof part === 'string') return quoted(part);
    if (typeof part !== 'object' || part === null) return JSON.stringify(part) ?? 'null';
    if (Array.isArray(part)) return `[${space}${part.map(write).join(`${space},${space}`)}${space}]`;
    return `{${space}${Object.entries(part)
      .map(([key, inner]) => `${quoted(key)}${space}:${space}${write(inner)}`)
      .join(`${space},${space}`)}${space}}`;
  };
  return `${space}${write(value)}${space}`;
}

/** What JSON.parse and reading the fields give: the law that the scanner has to keep. */
function parsedFacts(text: string) {
  const body = JSON.parse(text) as Record<string, unknown>;
  const most = Object.entries(body).flatMap(([key, value]) =>
    key === 'max_tokens' || key === 'max_completion_tokens' ? [value] : [],
  );
  const count = most.at(-1);
  const messages = Array.isArray(body.messages) ? body.messages : [];
  return {
    model: typeof body.model === 'string' && body.model !== '' ? body.model : null,
    stream: body.stream === true,
    maxTokens: typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : null,
    marker: markerOf(messages[0]),
  };
}

function markerOf(message: unknown): Marker | undefined {
  if (typeof message !== 'object' || message === null || !('content' in message)) return undefined;
  const { content } = message;
  if (typeof content === 'string') return findMarker(content);
  if (!Array.isArray(content)) return undefined;
  for (const block of content) {
    const text = typeof block === 'object' && block !== null && 'text' in block ? block.text : undefined;
    const marker = typeof text === 'string' ? findMarker(text) : undefined;
    if (marker !== undefined) return marker;
  }
  return undefined;
}

function scannedFacts(text: string) {
  const { model, stream, maxTokens, marker: found } = requestFacts(Buffer.from(text));
  return { model, stream, maxTokens, marker: found };
}

const strange = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', '\\"', '\\\\', '}', ']', '{"model":"x"}', '\u2028', '😀', '\u0000', 'é'),
  fc.array(fc.constantFrom('\\', '"', 'a'), { maxLength: 12 }).map((signs) => signs.join('')),
);
const marker = fc
  .tuple(
    fc.constantFrom('FEAT-001', 'BUG-7', 'A\\nB', 'é', ''),
    fc.constantFrom('plan', 'implement', ''),
    strange,
  )
  .map(([ticket, gate, rest]) => `[backlog ticket=${ticket} gate=${gate} agent=backend]\n${rest}`);
const text = fc.oneof(strange, marker);
const block = fc.oneof(
  fc.record({ type: fc.constant('text'), text }),
  fc.record({ text: fc.jsonValue() }),
  fc.jsonValue(),
);
const content = fc.oneof(text, fc.array(block, { maxLength: 4 }), fc.jsonValue());
const messages = fc.oneof(
  fc.array(fc.record({ role: fc.constant('user'), content }), { maxLength: 3 }),
  fc.jsonValue(),
);
const request = fc.record(
  {
    model: fc.oneof(strange, fc.jsonValue()),
    stream: fc.oneof(fc.boolean(), fc.constantFrom('true', null, 1, 'tru')),
    max_tokens: fc.oneof(fc.nat(), fc.double(), fc.jsonValue()),
    max_completion_tokens: fc.nat(),
    messages,
    system: fc.jsonValue(),
    'strange "key\\': fc.jsonValue(),
  },
  { requiredKeys: [] },
);

describe('looking into JSON without building it', () => {
  it('finds the members and elements that JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), spaces, fc.boolean(), (value, space, escapes) => {
        const source = spelled(value, space, escapes);
        const json = Buffer.from(source);
        const parsed: unknown = JSON.parse(source);
        const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
        expect([...members(json)].map((member) => [member.key, valueAt(json, member)])).toEqual(
          isObject ? Object.entries(parsed).map(([key, inner]) => [key, inner]) : [],
        );
        expect([...elements(json, 0)].map((span) => valueAt(json, span))).toEqual(
          Array.isArray(parsed) ? parsed : [],
        );
      }),
      { numRuns: 1000, examples: [[{ b: 1, a: [1, { c: '"' }] }, '\t', true]] },
    );
  });

  it('reads the facts of a request that JSON.parse reads', () => {
    fc.assert(
      fc.property(request, spaces, fc.boolean(), (body, space, escapes) => {
        const source = spelled(body, space, escapes && !JSON.stringify(body).includes('[backlog'));
        expect(scannedFacts(source)).toEqual(parsedFacts(source));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes the last of equal keys, as JSON.parse does', () => {
    const source =
      '{"model":"a","model":"b","stream":true,"stream":false,"messages":[{"content":"[backlog ticket=A-1 gate=plan]"}],' +
      '"messages":[{"content":"[backlog ticket=A-2 gate=plan]","content":[{"text":"[backlog ticket=A-3 gate=plan]","text":"[backlog ticket=A-4 gate=lint]"}]}]}';
    expect(scannedFacts(source)).toEqual(parsedFacts(source));
    expect(scannedFacts(source)).toMatchObject({ model: 'b', stream: false, marker: { ticket_id: 'A-4' } });
    const hidden =
      '{"messages":[{"content":"[backlog ticket=A-1 gate=plan]","content":"no marker"}],"max_tokens":5}';
    expect(scannedFacts(hidden)).toEqual(parsedFacts(hidden));
  });

  it('finds the end of a string of any length, whatever stands before it', () => {
    for (let length = 0; length <= 80; length += 1)
      for (const end of ['', '\\', '"', '\\\\', '\\"', '"\\', 'é']) {
        const value = 'x'.repeat(length) + end;
        const source = JSON.stringify({ [value]: value, model: 'm' });
        const found = [...members(Buffer.from(source))].map(({ key }) => key);
        expect(found).toEqual([value, 'model']);
        expect(scannedFacts(source)).toMatchObject({ model: 'm' });
      }
  });

  it('reads keys that are written with escapes', () => {
    expect(scannedFacts('{"mod\\u0065l":"claude-opus-5","str\\u0065am":true}')).toMatchObject({
      model: 'claude-opus-5',
      stream: true,
    });
  });

  it('never throws on what is no JSON, or was cut', () => {
    fc.assert(
      fc.property(request, fc.nat(), fc.uint8Array({ maxLength: 40 }), (body, cut, noise) => {
        const json = Buffer.from(JSON.stringify(body));
        const at = cut % (json.length + 1);
        requestFacts(json.subarray(0, at));
        requestFacts(Buffer.concat([json.subarray(0, at), noise, json.subarray(at)]));
        requestFacts(Buffer.from(noise));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['nesting without end', '['.repeat(4_000_000)],
    ['a deep value', `{"system":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)},"model":"m"}`],
    ['quotes and backslashes only', `{"system":"${'\\"'.repeat(4_000_000)}","model":"m"}`],
    ['backslashes only', `{"system":"${'\\'.repeat(8_000_000)}`],
    ['a huge string', `{"system":"${'x'.repeat(16_000_000)}","model":"m"}`],
    ['many members', `{${'"a":1,'.repeat(1_000_000)}"model":"m"}`],
    ['many messages', `{"messages":[${'{"content":"x"},'.repeat(500_000)}{}],"model":"m"}`],
    ['a huge marker', `{"messages":[{"content":"[backlog ${'a=b '.repeat(4_000_000)}]"}],"model":"m"}`],
  ])('goes through %s once', (_name, source) => {
    const { model } = requestFacts(Buffer.from(source));
    expect(model).toBe(source.endsWith('"model":"m"}') ? 'm' : null);
  });
});
