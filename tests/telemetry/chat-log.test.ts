import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ChatMessage, type ChatSettings, openChatLog } from '../../src/telemetry/chat-log.ts';
import { logChats } from '../../src/telemetry/chat-transcript.ts';
import { jsonl } from '../ledger/support.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const clock = () => new Date('2026-11-21T12:00:00.000Z');
const secret = `sk-ant-${'a1B2'.repeat(10)}`;

const hello: ChatMessage = {
  ts: '2026-11-21T11:59:00.000Z',
  source: 'llm-call',
  role: 'user',
  session_id: 'one',
  agent_id: null,
  request_id: null,
  model: null,
  text: `My key is ${secret}`,
};

function open(folder: string, changes: Partial<ChatSettings> = {}, session: string | undefined = 'one') {
  return openChatLog(folder, session, { chat: 'redacted', retentionDays: 30, ...changes }, clock);
}

function linesOf(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe('the chat log', () => {
  it('is for its owner only, without secrets, and git ignores it', () => {
    const folder = tempDir();
    open(folder)?.append([hello]);
    const file = path.join(folder, 'chats', 'one.jsonl');
    expect(linesOf(file)).toEqual([
      { v: 1, id: expect.any(String), ...hello, text: 'My key is [redacted:token]', redacted: 1 },
    ]);
    expect([modeOf(file), modeOf(path.dirname(file))]).toEqual(['600', '700']);
    expect(readFileSync(path.join(folder, 'chats/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('keeps the text as it is with full', () => {
    const folder = tempDir();
    open(folder, { chat: 'full' })?.append([hello]);
    expect(linesOf(path.join(folder, 'chats/one.jsonl'))).toMatchObject([
      { text: hello.text, redacted: null },
    ]);
  });

  it('takes rights away that an older folder and file had', () => {
    const folder = tempDir();
    writeFiles(folder, { 'chats/one.jsonl': '' });
    chmodSync(path.join(folder, 'chats'), 0o755);
    chmodSync(path.join(folder, 'chats/one.jsonl'), 0o644);
    open(folder)?.append([hello]);
    expect([modeOf(path.join(folder, 'chats')), modeOf(path.join(folder, 'chats/one.jsonl'))]).toEqual([
      '700',
      '600',
    ]);
  });

  it('does nothing when it is off', () => {
    const folder = tempDir();
    expect(open(folder, { chat: 'off' })).toBeUndefined();
    expect(openChatLog(folder, 'one', undefined, clock)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(['../../escaped', 'a/b', '', '.', 'x'.repeat(300), 'ä\n'])(
    'keeps session %j inside its folder',
    (session) => {
      const folder = tempDir();
      open(folder, {}, session)?.append([hello]);
      expect(readdirSync(folder)).toEqual(['chats']);
      expect(
        readdirSync(path.join(folder, 'chats')).filter((name) => /^[0-9a-f]{64}\.jsonl$/.test(name)),
      ).toHaveLength(1);
    },
  );

  it('refuses a folder that leads elsewhere, and a file that does', () => {
    const [folder, elsewhere] = [tempDir(), tempDir()];
    symlinkSync(elsewhere, path.join(folder, 'chats'));
    expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'chat-log-unsafe' }));
    const other = tempDir();
    mkdirSync(path.join(other, 'chats'));
    symlinkSync(path.join(elsewhere, 'x'), path.join(other, 'chats/one.jsonl'));
    expect(() => open(other)?.append([hello])).toThrow(
      expect.objectContaining({ code: 'file-write-failed' }),
    );
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('removes what nobody has written to for so many days, and nothing else', () => {
    const folder = tempDir();
    const age = { 'old.jsonl': 8, 'young.jsonl': 6, 'notes.txt': 99, '.gitignore': 99 };
    for (const [name, days] of Object.entries(age)) {
      writeFiles(folder, { [`chats/${name}`]: '' });
      const then = new Date(clock().getTime() - days * 24 * 60 * 60 * 1000);
      utimesSync(path.join(folder, 'chats', name), then, then);
    }
    open(folder, { retentionDays: 7 });
    expect(readdirSync(path.join(folder, 'chats')).sort()).toEqual([
      '.gitignore',
      'notes.txt',
      'young.jsonl',
    ]);
  });
});

const row = (uuid: string, type: 'user' | 'assistant', content: unknown, more: object = {}) => ({
  type,
  uuid,
  timestamp: '2026-11-21T11:00:00.000Z',
  sessionId: 'one',
  message: { role: type, content, ...(type === 'assistant' ? { model: 'claude-opus' } : {}) },
  ...more,
});

/** A transcript and its log. */
function session(rows: readonly object[], chat: 'redacted' | 'full' = 'full') {
  const folder = tempDir();
  const transcript = path.join(folder, 'one.jsonl');
  writeFileSync(transcript, jsonl(...rows));
  const cursorFile = path.join(folder, 'cursors/one.json');
  const file = path.join(folder, 'chats/one.jsonl');
  return {
    transcript,
    cursorFile,
    file,
    read: async (maxBytes = 1e9) => {
      const log = open(folder, { chat });
      if (log === undefined) throw new Error('off');
      return logChats({ transcriptFile: transcript, sessionId: 'one', log, cursorFile, maxBytes });
    },
    texts: () => linesOf(file).map(({ text }) => text),
  };
}

describe('a transcript', () => {
  it('gives what people, agents and models said, and nothing else', async () => {
    const one = session([
      row('u1', 'user', 'Build it'),
      row('u2', 'assistant', [{ type: 'thinking', thinking: 'hidden' }]),
      row('u3', 'assistant', [{ type: 'text', text: 'On it' }], { requestId: 'req_1' }),
      row('u4', 'assistant', [{ type: 'tool_use', name: 'Bash', input: { command: 'hidden' } }]),
      row('u5', 'user', [{ type: 'tool_result', content: 'hidden' }]),
      row('u6', 'user', 'a notice of the client', { isMeta: true }),
      row('u7', 'assistant', [{ type: 'text', text: 'API Error' }], { isApiErrorMessage: true }),
      row('u8', 'user', [{ type: 'text', text: 'Look' }, { type: 'image' }, { type: 'text', text: 'here' }]),
      { type: 'user', nonsense: true },
    ]);
    writeFiles(path.dirname(one.transcript), {
      'one/subagents/agent-a1.jsonl': jsonl(
        row('s1', 'user', 'Plan it', { agentId: 'a1', isSidechain: true }),
      ),
    });
    expect(await one.read()).toBe(false);
    expect(one.texts()).toEqual(['Build it', 'On it', 'Look\nhere', 'Plan it']);
    expect(linesOf(one.file)[1]).toEqual({
      v: 1,
      id: 'u3',
      ts: '2026-11-21T11:00:00.000Z',
      source: 'transcript',
      role: 'assistant',
      session_id: 'one',
      agent_id: null,
      request_id: 'req_1',
      model: 'claude-opus',
      text: 'On it',
      redacted: null,
    });
    expect(linesOf(one.file)[3]).toMatchObject({ agent_id: 'a1', role: 'user' });
  });

  it('is written once however often it is read, in whatever portions', async () => {
    const one = session([row('u1', 'user', 'one'), row('u2', 'assistant', [{ type: 'text', text: 'two' }])]);
    for (let reads = 0; await one.read(50); reads += 1) expect(reads).toBeLessThan(50);
    await one.read();
    appendFileSync(one.transcript, jsonl(row('u3', 'user', 'three')));
    await Promise.all([one.read(), one.read()]);
    expect(one.texts()).toEqual(['one', 'two', 'three']);
  });

  it('is written once when a crash lost the cursor, and when the transcript was written anew', async () => {
    const one = session([row('u1', 'user', 'one'), row('u2', 'user', 'two')]);
    await one.read();
    rmSync(one.cursorFile);
    await one.read();
    const before = readFileSync(one.cursorFile);
    appendFileSync(one.transcript, jsonl(row('u3', 'user', 'three')));
    await one.read();
    // The process died between the log and the cursor.
    writeFileSync(one.cursorFile, before);
    await one.read();
    writeFileSync(one.transcript, jsonl(row('u0', 'user', 'zero'), row('u1', 'user', 'one')));
    await one.read();
    expect(one.texts()).toEqual(['one', 'two', 'three', 'zero']);
  });

  it('does not come back when its log was removed', async () => {
    const one = session([row('u1', 'user', 'one')]);
    await one.read();
    rmSync(one.file);
    await one.read();
    expect(readdirSync(path.dirname(one.file))).toEqual(['.gitignore']);
  });

  it('with an answer of 10 MB is redacted to its end', async () => {
    const one = session([row('u1', 'user', `${'lorem ipsum '.repeat(900_000)}${secret}`)], 'redacted');
    await one.read();
    expect(linesOf(one.file)).toMatchObject([{ redacted: 1 }]);
    expect(String(one.texts()[0]).endsWith('[redacted:token]')).toBe(true);
  });
});

it('reads what the real client wrote: session, subagents, a nested one, and what woke the session', async () => {
  const fixture = path.resolve(
    import.meta.dirname,
    '../fixtures/transcripts/nested/5fd7f9ee-ad08-406d-82e0-3f3204509030.jsonl',
  );
  const folder = tempDir();
  const log = open(folder, { chat: 'full' }, 'nested');
  if (log === undefined) throw new Error('off');
  const cursorFile = path.join(folder, 'cursor.json');
  await logChats({ transcriptFile: fixture, sessionId: 'nested', log, cursorFile, maxBytes: 1e9 });
  const said = linesOf(log.file).map(({ agent_id, role, text }) => [
    agent_id,
    role,
    String(text).split('\n')[0],
  ]);
  expect(said).toEqual([
    [null, 'user', 'go'],
    [null, 'assistant', 'first'],
    [null, 'assistant', 'end'],
    [null, 'user', '<task-notification>'],
    [null, 'assistant', 'noted'],
    ['a886466bf43991151', 'user', 'inner work'],
    ['a886466bf43991151', 'assistant', 'inner report'],
    ['ae1f86b8e67161430', 'user', expect.stringContaining('[backlog ticket=FEAT-001')],
    ['ae1f86b8e67161430', 'assistant', 'outer report'],
    ['ae1f86b8e67161430', 'assistant', 'resumed report'],
  ]);
});
