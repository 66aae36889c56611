import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatewayPrefix } from '../../src/project/gateway-address.ts';
import { backlog, backlogBin, jsonOf } from '../support/cli.ts';
import { gitEnv, gitIn, writeFiles } from '../support/temp.ts';
import { enabled, enabling, type Place, place, write } from './place.ts';
import { answered, ask, closedPort, configText, listening, message, upstream } from './support.ts';

const urlIn = (file: string): string => JSON.parse(readFileSync(file, 'utf8')).env.ANTHROPIC_BASE_URL;

/** A second project of the same user, with the same name. */
function neighbour(at: Place, folder = 'other project'): Place {
  const root = path.join(at.root, '..', folder);
  writeFiles(root, { 'backlog.config.json': configText() });
  return {
    ...at,
    root,
    run: (...args: string[]) => backlog(args, { cwd: root, env: at.env }),
    settings: (scope = 'local') =>
      path.join(root, '.claude', scope === 'local' ? 'settings.local.json' : 'settings.json'),
  };
}

async function sessionStart(at: Place, url?: string): Promise<{ line: string; toUser: unknown }> {
  const input = JSON.stringify({
    session_id: '0c9f2b5e-7f10-4a1a-9f65-4c41a3d0a111',
    transcript_path: path.join(at.home, 'none.jsonl'),
    cwd: at.root,
    hook_event_name: 'SessionStart',
    source: 'startup',
  });
  const env = { ...at.env, ...(url === undefined ? {} : { ANTHROPIC_BASE_URL: url }) };
  const answer = jsonOf(await backlog(['hook', 'SessionStart'], { cwd: at.root, env, input }));
  const context = String(Object(answer.hookSpecificOutput).additionalContext);
  return { line: context.split('\n').at(-1) ?? '', toUser: answer.systemMessage };
}

describe('another port', () => {
  it('takes the settings of all projects along, and the gateway; disable still puts them back byte for byte', async () => {
    const at = await place();
    const other = neighbour(at);
    const before = '{ "model": "opus" }';
    write(other.settings(), before);
    await enabled(at);
    await enabled(other);
    const port = await closedPort();
    const moved = await at.run('gateway', 'enable', '--port', String(port));
    expect(moved).toMatchObject({ exitCode: 0 });
    expect(moved.stderr).toContain(`${other.settings()} names port ${port} now, too`);
    for (const file of [at.settings(), other.settings()])
      expect(new URL(urlIn(file)).port).toBe(String(port));
    expect(jsonOf(await other.run('gateway', 'status', '--json'))).toMatchObject({ running: true, port });
    await other.run('gateway', 'disable');
    expect(readFileSync(other.settings(), 'utf8')).toBe(before);
  });

  it('leaves what somebody has changed, and names the settings that it cannot write', async () => {
    const at = await place();
    const [own, broken] = [neighbour(at, 'own'), neighbour(at, 'broken')];
    for (const one of [at, own, broken]) await enabled(one);
    const elsewhere = '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:1/"}}';
    write(own.settings(), elsewhere);
    const text = readFileSync(broken.settings(), 'utf8').replace('"env"', '"more": [1 2], "env"');
    write(broken.settings(), text);
    const port = await closedPort();
    const moved = await at.run('gateway', 'enable', '--port', String(port));
    expect(moved.exitCode).toBe(0);
    expect(readFileSync(own.settings(), 'utf8')).toBe(elsewhere);
    expect(readFileSync(broken.settings(), 'utf8')).toBe(text);
    expect(moved.stderr).toContain(`warning: ${broken.settings()} still names another port`);
  });

  it('that another program has: the gateway stays where it was, and so do all settings', async () => {
    const at = await place();
    const other = neighbour(at);
    await enabled(at);
    await enabled(other);
    const settings = [at, other].map((one) => readFileSync(one.settings(), 'utf8'));
    const taken = net.createServer((socket) => socket.end());
    const port = await listening(taken);
    onTestFinished(() => {
      taken.close();
    });
    expect((await at.run('gateway', 'enable', '--port', String(port))).exitCode).toBe(4);
    expect([at, other].map((one) => readFileSync(one.settings(), 'utf8'))).toEqual(settings);
    expect(jsonOf(await at.run('gateway', 'status', '--json'))).toMatchObject({
      running: true,
      port: at.port,
    });
  }, 60_000);
});

describe('shared settings', () => {
  /** A repository with this origin, and a project in its folder `app`. */
  async function clone(at: Place, folder: string, origin?: string): Promise<Place> {
    const one = neighbour(at, path.join(folder, 'app'));
    const top = path.dirname(one.root);
    await gitIn(top, 'init', '-q');
    await gitIn(top, 'add', '-A');
    await gitIn(top, 'commit', '-qm', 'first');
    if (origin !== undefined) await gitIn(top, 'remote', 'add', 'origin', origin);
    return one;
  }
  const share = (at: Place) => at.run(...enabling(at), '--project', '--yes');
  const prefixIn = (at: Place) => gatewayPrefix(urlIn(at.settings('project')));

  it('name the same project on every machine, however its origin is spelt; other repositories another', async () => {
    const at = await place();
    const origins = [
      'https://me:pw@git.example/team/shop.git',
      'git@git.example:team/shop',
      'ssh://git@git.example:22/team/shop/',
    ];
    const prefixes: unknown[] = [];
    for (const [index, origin] of origins.entries()) {
      const one = await clone(at, `clone ${index}`, origin);
      expect(await share(one)).toMatchObject({ exitCode: 0 });
      prefixes.push(prefixIn(one));
      await one.run('gateway', 'disable');
      expect(existsSync(one.settings('project'))).toBe(false);
    }
    expect(new Set(prefixes).size).toBe(1);
    const another = await clone(at, 'another', 'https://git.example/team/shop2');
    await share(another);
    expect(prefixIn(another)).not.toBe(prefixes[0]);
  });

  it('lead to one clone only; local settings beside them have an address of their own, and both work', async () => {
    const at = await place();
    const { url } = await upstream((_request, response) => response.end(answered()));
    at.env.ANTHROPIC_BASE_URL = url;
    const [first, second] = [
      await clone(at, 'a', 'https://h.example/x/y'),
      await clone(at, 'b', 'https://h.example/x/y'),
    ];
    await share(first);
    const refused = await share(second);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(first.root);
    expect(existsSync(second.settings('project'))).toBe(false);
    await enabled(first);
    for (const scope of ['local', 'project'] as const) {
      const target = new URL(`${urlIn(first.settings(scope))}/v1/messages`);
      expect((await ask(first.port, { path: target.pathname, body: message() })).status).toBe(200);
    }
    expect(
      readFileSync(path.join(first.root, '.backlog-ops/usage-ledger.jsonl'), 'utf8').trim().split('\n'),
    ).toHaveLength(2);
  });

  it('are useless to a team mate without a route, who hears what to type, and for whom that works', async () => {
    const at = await place();
    const author = await clone(at, 'author', 'https://h.example/x/y');
    await share(author);
    const shared = readFileSync(author.settings('project'), 'utf8');
    const mate = await place();
    write(mate.settings('project'), shared);
    const told = await sessionStart(mate, urlIn(mate.settings('project')));
    expect(told.line).toContain('`backlog gateway enable`');
    expect(told.line).not.toContain('are routed');
    expect(told.toUser).toContain(told.line);
    await enabled(mate);
    expect(await sessionStart(mate, urlIn(mate.settings()))).toEqual({
      line: 'Requests are routed through the gateway.',
      toUser: undefined,
    });
    expect(readFileSync(mate.settings('project'), 'utf8')).toBe(shared);
    await mate.run('gateway', 'disable');
    expect(readFileSync(mate.settings('project'), 'utf8')).toBe(shared);
  });

  it('of a second clone on the same machine are said to count for the first', async () => {
    const at = await place();
    const first = await clone(at, 'first', 'https://h.example/x/y');
    await share(first);
    const second = await clone(at, 'second', 'https://h.example/x/y');
    write(second.settings('project'), readFileSync(first.settings('project'), 'utf8'));
    const { line, toUser } = await sessionStart(second, urlIn(second.settings('project')));
    expect(line).toContain(`counted for ${first.root}`);
    expect(toUser).toContain(first.root);
  });

  const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script');
  // A real terminal is made by script(1) of util-linux.
  it.skipIf(!hasTerminal).each([
    ['y', 'y\r', 0, true],
    ['Enter', '\r', 2, false],
    ['Ctrl-C', '\x03', 130, false],
    ['Ctrl-D', '\x04', 2, false],
  ])('are asked for at a terminal: %s', async (_name, key, exitCode, isWritten) => {
    const at = await place();
    const command = `${quoted(backlogBin)} ${enabling(at).join(' ')} --project`;
    const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], {
      cwd: at.root,
      env: { ...gitEnv(), ...at.env, TERM: 'xterm' },
    });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const asked = shown.includes('[y/N]');
      shown += text;
      if (!asked && shown.includes('[y/N]')) setTimeout(() => child.stdin.write(key), 50);
    });
    const ended = await new Promise((resolve) => child.on('close', resolve));
    expect(shown).toContain('team mates');
    expect({ ended, isWritten: existsSync(at.settings('project')) }).toEqual({ ended: exitCode, isWritten });
  });
});

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

it('--statusline sets a status line, keeps one that is there, and disable takes ours alone out', async () => {
  const at = await place();
  const own = { type: 'command', command: 'my own' };
  write(at.settings(), JSON.stringify({ statusLine: own }));
  expect(await enabled(at, '--statusline')).toMatchObject({ status_line: 'kept' });
  expect((await at.run(...enabling(at), '--statusline')).stderr).toContain(
    'there is a status line already; it stays',
  );
  expect(JSON.parse(readFileSync(at.settings(), 'utf8')).statusLine).toEqual(own);
  await at.run('gateway', 'disable');
  expect(readFileSync(at.settings(), 'utf8')).toBe(JSON.stringify({ statusLine: own }));
  writeFileSync(at.settings(), '{}');
  expect(await enabled(at, '--statusline')).toMatchObject({ status_line: 'set' });
  expect(JSON.parse(readFileSync(at.settings(), 'utf8')).statusLine.command).toMatch(
    /bin\/backlog" statusline$/,
  );
  await at.run('gateway', 'disable');
  expect(readFileSync(at.settings(), 'utf8')).toBe('{}');
});

it('status says where spans go, without what may be a token, and how the chat log stands', async () => {
  const at = await place();
  expect((await at.run('gateway', 'status')).stdout).toContain(
    'telemetry: no spans (llmOps.telemetry.otlpEndpoint); chat log off',
  );
  const telemetry = { otlpEndpoint: 'https://otel.example/v1/t0ken', otlpHeadersEnv: 'OTEL_HEADERS' };
  writeFiles(at.root, {
    'backlog.config.json': configText({ telemetry, logging: { chat: 'redacted', retentionDays: 7 } }),
  });
  const { stdout } = await at.run('gateway', 'status');
  expect(stdout).toContain(
    'telemetry: spans to https://otel.example (OTEL_HEADERS is not set here: without its headers); chat log redacted, kept 7 days in .backlog-ops/chats',
  );
  expect(stdout).not.toContain('t0ken');
  expect(jsonOf(await at.run('gateway', 'status', '--json')).telemetry).toEqual({
    otlp_origin: 'https://otel.example',
    otlp_headers_missing: 'OTEL_HEADERS',
    chat: 'redacted',
    chat_retention_days: 7,
  });
  writeFiles(at.root, { 'backlog.config.json': '{' });
  expect((await at.run('gateway', 'status')).stdout).toContain('telemetry: not known: ');
});

it('a home that takes no file is named, and is no fault of the program', async () => {
  const at = await place();
  const home = path.join(at.home, 'a file');
  writeFileSync(home, '');
  for (const args of [['start'], ['run'], ['enable']]) {
    const result = await backlog(['gateway', ...args, '--port', String(at.port)], {
      cwd: at.root,
      env: { HOME: home },
    });
    expect([args[0], result.exitCode]).toEqual([args[0], 4]);
    expect(result.stderr).toContain(home);
  }
});
