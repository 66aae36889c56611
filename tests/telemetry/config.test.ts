import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/project/config.ts';

const parsed = (telemetry: object) =>
  parseConfig(
    JSON.stringify({ version: '1.1', project: { name: 'shop', stack: 'generic' }, llmOps: { telemetry } }),
  );

describe('llmOps.telemetry', () => {
  it.each([
    'http://localhost:4318',
    'http://127.0.0.1:4318/otel',
    'http://127.8.0.1',
    'http://[::1]:4318',
    'https://collector.example/v1/traces',
    'https://127.0.0.1',
  ])('takes %s', (otlpEndpoint) => {
    expect(parsed({ otlpEndpoint }).config.llmOps.telemetry.otlpEndpoint).toBe(otlpEndpoint);
  });

  it.each([
    'http://collector.example:4318',
    'http://127.0.0.1.example',
    'http://localhost.example',
    'http://10.0.0.1',
    'http://0.0.0.0:4318',
    'HTTP://collector.example',
    'ftp://localhost',
    'https://ada:secret@collector.example',
    'collector.example:4318',
    'http://localhost:99999',
    'https://[::1',
  ])('refuses %s', (otlpEndpoint) => {
    expect(() => parsed({ otlpEndpoint })).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });

  it('takes http:// to another machine when that is said, and names the key that says it', () => {
    const otlpEndpoint = 'http://collector.example:4318';
    expect(parsed({ otlpEndpoint, otlpInsecure: true }).warnings).toEqual([]);
    expect(() => parsed({ otlpEndpoint })).toThrow(/"otlpInsecure": true/);
  });

  it.each(['ANTHROPIC_API_KEY', 'authorization=Bearer x', 'HEADERS_OF_MINE', ''])(
    'refuses %j as the variable of headers, and does not repeat it',
    (otlpHeadersEnv) => {
      const attempt = () => parsed({ otlpEndpoint: 'https://collector.example', otlpHeadersEnv });
      expect(attempt).toThrow(/ends in _HEADERS/);
      expect(attempt).not.toThrow(/Bearer x/);
    },
  );
});
