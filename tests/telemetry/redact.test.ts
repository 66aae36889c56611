import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/telemetry/redact.ts';

/** Made up here, so that no scanner of secrets takes this file for a leak. */
const s = (length: number) => 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z'.repeat(4).slice(0, length);
const jwt = `eyJ${s(20)}.eyJ${s(30)}.${s(24)}`;
const pem = (kind = 'RSA ', newline = '\n') =>
  [
    '-----BEGIN ',
    kind,
    'PRIVATE KEY-----',
    newline,
    s(64),
    newline,
    s(40),
    '==',
    newline,
    '-----END ',
    kind,
    'PRIVATE KEY-----',
  ].join('');

describe('what is struck out', () => {
  it.each([
    ['an Anthropic key', `use sk-ant-api03-${s(40)} here`, 'use [redacted:token] here'],
    ['an OpenAI key', `(sk-proj-${s(40)})`, '([redacted:token])'],
    ['a GitHub token', `ghp_${s(36)}`, '[redacted:token]'],
    ['a fine-grained GitHub token', `github_pat_${s(50)}.`, '[redacted:token].'],
    ['an AWS key id', `id AKIA${'ABCDEFGH12345678'}!`, 'id [redacted:token]!'],
    ['a Slack token', `xoxb-${s(24)}`, '[redacted:token]'],
    ['a GitLab token', `glpat-${s(20)}`, '[redacted:token]'],
    ['a key behind an escaped line end', `"a\\nsk-ant-${s(30)}"`, '"a\\n[redacted:token]"'],
    [
      'a bearer token',
      `curl -H "Authorization: Bearer ${s(24)}"`,
      'curl -H "Authorization: Bearer [redacted:authorization]"',
    ],
    ['a short bearer token', 'Bearer abc123', 'Bearer [redacted:authorization]'],
    ['basic credentials', 'authorization: Basic dTpw', 'authorization: Basic [redacted:authorization]'],
    ['a header in JSON', '{"Authorization":"abc"}', '{"Authorization":"[redacted:authorization]"}'],
    ['a bearer JWT', `Authorization: Bearer ${jwt}`, 'Authorization: Bearer [redacted:jwt]'],
    ['a JWT', `cookie=${jwt}; a`, 'cookie=[redacted:jwt]; a'],
    ['a private key', `a\n${pem()}\nb`, 'a\n[redacted:private-key]\nb'],
    ['two private keys', `${pem()} and ${pem('')}`, '[redacted:private-key] and [redacted:private-key]'],
    ['a private key in JSON', `"${pem('OPENSSH ', '\\n')}"`, '"[redacted:private-key]"'],
    [
      'a private key without its end',
      `-----BEGIN PRIVATE KEY-----\n${s(64)}\n${s(9)}"`,
      '[redacted:private-key]"',
    ],
    [
      'a password in a URL',
      'postgres://ada:p:w@rd@db:5432/x',
      'postgres://ada:[redacted:url-password]@db:5432/x',
    ],
    ['a password without a user', 'redis://:pw@h', 'redis://:[redacted:url-password]@h'],
    ['a token as user', `https://${s(24)}@host/x`, 'https://[redacted:url-password]@host/x'],
    ['a variable', 'export STRIPE_KEY=abc', 'export STRIPE_KEY=[redacted:value]'],
    ['a variable in quotes', 'DB_PASSWORD="a b c" x', 'DB_PASSWORD="[redacted:value]" x'],
    ['a variable whose quote is not closed', "TOKEN='a b c", "TOKEN='[redacted:value]"],
    ['a variable in YAML', 'API_TOKEN: abc', 'API_TOKEN: [redacted:value]'],
    ['AWS_SECRET_ACCESS_KEY', `AWS_SECRET_ACCESS_KEY=${s(39)}/`, 'AWS_SECRET_ACCESS_KEY=[redacted:value]'],
    ['a field of JSON', '{"dbPassword": "hunter", "a": 1}', '{"dbPassword": "[redacted:value]", "a": 1}'],
    ['a field of JSON in JSON', '{\\"apiKey\\":\\"hunter\\"}', '{\\"apiKey\\":\\"[redacted:value]\\"}'],
    ['a field of YAML', 'password: hunter2', 'password: [redacted:value]'],
    ['a parameter', 'https://h/?access_token=abc', 'https://h/?access_token=[redacted:value]'],
    ['a flag', 'mysql --password hunter --host h', 'mysql --password [redacted:value] --host h'],
    ['a flag with =', 'x --api-key=hunter', 'x --api-key=[redacted:value]'],
  ])('%s', (_name, text, shown) => {
    const result = redact(text);
    expect(result.text).toBe(shown);
    expect(result.count).toBe(shown.split('[redacted:').length - 1);
  });
});

it.each([
  'The task-list-of-everything-that-is-open is long.',
  'const token: string = next();',
  'maxTokens: 4096, tokens=12',
  'https://example.com/a?b=c#d and git@github.com:ada/shop.git',
  'See -----BEGIN CERTIFICATE----- in the docs.',
  'the key: use pnpm',
])('leaves %s', (text) => {
  expect(redact(text)).toEqual({ text, count: 0 });
});

it('strikes out nothing more the second time', () => {
  const parts = [
    jwt,
    pem(),
    `sk-${s(30)}`,
    'Bearer abcdefgh1',
    'A_KEY="x y"',
    'token=1',
    '://a:b@c',
    ' ',
    '"',
    '\\n',
    ':',
    'authorization: ',
  ];
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...parts), fc.string()), { maxLength: 12 }), (texts) => {
      const once = redact(texts.join('')).text;
      expect(redact(once).text).toBe(once);
    }),
  );
});

// A pattern whose time grows with the square of the text would need hours for one of these.
it.each([
  'a',
  'A',
  'A_',
  'KEY',
  'KEY=',
  'KEY="',
  `KEY="'`,
  'KEY=\\"',
  'KEY: ',
  'token',
  'token=',
  'token: ',
  '--',
  '--a-',
  '--token ',
  'eyJ',
  'eyJ-',
  'eyJaaaaaaaa.',
  'sk-',
  'SG.',
  'SG.aaaaaaaaaaaaaaaaaaaa-',
  'Bearer ',
  'bearer\t',
  'authorization',
  'authorization: bearer ',
  '://',
  '://a:',
  '://aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  '-----BEGIN AAAA',
  '-----END ',
  '"',
  '\\',
  '\\n',
  ' ',
  '[redacted:',
])('ends soon on a megabyte of %j', (part) => {
  const text = part.repeat(Math.ceil((1024 * 1024) / part.length));
  expect(redact(text).text.length).toBeGreaterThan(0);
});

it.each([
  ['', 0],
  ['sk-', 1],
  ['eyJ', 0],
  ['eyJaaaaaaaa.', 1],
  ['Bearer ', 1],
  ['authorization: ', 1],
  ['://', 0],
  ['://a:', 0],
  ['KEY=', 1],
  ['KEY="', 1],
  ['password: "', 1],
  ['token=', 1],
  ['--token ', 1],
  ['-----BEGIN PRIVATE KEY-----', 1],
])('takes 10 MB without an end behind "%s"', (prefix, count) => {
  expect(redact(prefix + 'a'.repeat(10 * 1024 * 1024)).count).toBe(count);
});
