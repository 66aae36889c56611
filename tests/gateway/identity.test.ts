import { describe, expect, it } from 'vitest';
import { generated, large, playThrough, seeded, splits } from './exchanges.ts';
import { recorded, recordedSplits, recordedText, recordings } from './recorded.ts';

// The other nine tenths, and other seeds, are in tests/soak.
describe('both sides of the gateway see the same bytes', () => {
  it('what the real Claude Code asked, and what the real LiteLLM answered', () => playThrough(recorded()));

  it('a recorded stream that is split behind each of its lines', () => playThrough(recordedSplits('lines')));

  it('a stream that is split at each of its bytes', () => playThrough(splits()));

  it('a thousand generated exchanges', () => {
    const random = seeded(20_261_121);
    return playThrough(Array.from({ length: 1000 }, () => generated(random)));
  });

  it('bodies of 20 MiB', () => playThrough(large(seeded(7)), 2));
});

describe('the recorded exchanges', () => {
  const text = (Object.keys(recordings) as (keyof typeof recordings)[]).map(recordedText).join('');

  it('hold what a gateway has to be good for', () => {
    const all = recorded();
    const inRequest = (part: string) => all.some(({ body }) => body?.some((bytes) => bytes.includes(part)));
    const inAnswer = (part: string) => all.some(({ answer }) => Buffer.concat(answer.parts).includes(part));
    for (const part of ['"safeguards"', '"tool_result"', '日本語 😀', '"thinking"', '[backlog ticket='])
      expect(inRequest(part), part).toBe(true);
    for (const part of [
      'safeguard_results',
      'tool_use',
      'event: error',
      '[DONE]',
      'crossed budget',
      '日本語 😀',
    ])
      expect(inAnswer(part), part).toBe(true);
    expect(new Set(all.map(({ answer }) => answer.status))).toEqual(new Set([200, 400, 402, 429, 500]));
  });

  it('name no key, no account, no folder and no address of the machine that recorded them', () => {
    expect(text.match(/sk-[\w-]+|(?<!\w)\/(?:tmp|root|home|Users|work)\/[^"\\ ]*/g)).toBe(null);
    expect(new Set(text.match(/127\.0\.0\.1:\d+/g))).toEqual(new Set(['127.0.0.1:11111']));
    for (const [, digits = ''] of text.matchAll(/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-)/g))
      expect(digits).toBe('00000000-0000-0000-0000-');
    expect(text).toContain('account_uuid');
    for (const [found] of text.matchAll(/account_uuid.{8}/g)) expect(found).toMatch(/account_uuid\W+$/);
  });
});
