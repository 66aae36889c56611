import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backlog, backlogBin, jsonOf, repositoryRoot } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { enabled, enabling, type Place, place, write } from './place.ts';
import {
  answered,
  ask,
  closedPort,
  configText,
  json,
  linesOf,
  listening,
  message,
  until,
  upstream,
} from './support.ts';

/** What the model hears when a session starts. */
async function sessionStart(at: Place): Promise<string> {
  const input = JSON.stringify({
    session_id: '0c9f2b5e-7f10-4a1a-9f65-4c41a3d0a111',
    transcript_path: path.join(at.home, 'none.jsonl'),
    cwd: at.root,
    hook_event_name: 'SessionStart',
    source: 'startup',
  });
  const hook = await backlog(['hook', 'SessionStart'], { cwd: at.root, env: at.env, input });
  expect(hook.exitCode).toBe(0);
  return String(Object(jsonOf(hook).hookSpecificOutput).additionalContext);
}

/** How long the client waits for a hook of ours. */
function hookTimeoutMs(event: string): number {
  const file = path.join(repositoryRoot, 'hooks/hooks.json');
  return JSON.parse(readFileSync(file, 'utf8')).hooks[event][0].hooks[0].timeout * 1000;
}

describe('gateway enable and disable', () => {
  it.each([
    ['no file', undefined],
    ['an empty file', ''],
    ['an empty object', '{}'],
    [
      'other keys',
      '{\n  "model": "opus",\n  "permissions": { "allow": ["Bash(ls:*)"] },\n  "env": { "A": "1" }\n}\n',
    ],
    ['odd indentation', '{\n   "model":    "opus",\n "env" : {\n\t\t"A":"1" }\n}'],
    ['tabs', '{\n\t"env": {\n\t\t"A": "1"\n\t}\n}\n'],
    ['no final newline', '{\n  "model": "opus"\n}'],
    ['CR LF', '{\r\n  "model": "opus",\r\n  "env": {}\r\n}\r\n'],
    ['a byte order mark', '\uFEFF{\n  "model": "opus"\n}\n'],
    ['one line, and numbers as they are', '{"a":1.0,"b":12345678901234567890,"\\u0065":"\\u00fc"}'],
    ['a key twice', '{"env":{"A":"1"},"env":{"B":"2"}}'],
  ])('takes out exactly what it wrote: %s', async (_name, before) => {
    const at = await place();
    if (before !== undefined) write(at.settings(), before);
    const { base_url: url } = await enabled(at);
    const text = readFileSync(at.settings(), 'utf8');
    const settings = JSON.parse(text.replace(/^\uFEFF/, ''));
    expect(settings.env).toMatchObject({ ANTHROPIC_BASE_URL: url, CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1' });
    if (before) {
      expect(text.startsWith('\uFEFF')).toBe(before.startsWith('\uFEFF'));
      expect(text.includes('\r\n')).toBe(before.includes('\r\n'));
      expect(text.endsWith('\n')).toBe(before.endsWith('\n'));
      const { env: _env, ...others } = JSON.parse(before.replace(/^\uFEFF/, ''));
      expect(settings).toMatchObject(others);
    }
    await enabled(at);
    expect(readFileSync(at.settings(), 'utf8')).toBe(text);
    expect((await at.run('gateway', 'disable')).exitCode).toBe(0);
    expect(existsSync(at.settings()) ? readFileSync(at.settings(), 'utf8') : undefined).toBe(before);
    expect((await at.run('gateway', 'disable')).stdout).toContain('not enabled');
  });

  it('the base URL that is there becomes the upstream, and comes back', async () => {
    const at = await place();
    const { url, seen } = await upstream((_request, response) => {
      response.writeHead(200, json);
      response.end(answered());
    });
    write(
      at.settings(),
      JSON.stringify({ env: { ANTHROPIC_BASE_URL: `${url}/team`, ANTHROPIC_MODEL: 'opus' } }),
    );
    const before = readFileSync(at.settings(), 'utf8');
    const first = await enabled(at);
    expect(first.upstream).toBe(`${url}/team`);
    expect((await enabled(at)).upstream).toBe(`${url}/team`);
    const target = new URL(`${String(first.base_url)}/v1/messages`);
    const answer = await ask(Number(target.port), { path: target.pathname, body: message() });
    expect(answer.status).toBe(200);
    expect(seen[0]?.url).toBe('/team/v1/messages');
    expect(linesOf(path.join(at.root, '.backlog-ops', 'usage-ledger.jsonl'))).toHaveLength(1);
    await at.run('gateway', 'disable');
    expect(readFileSync(at.settings(), 'utf8')).toBe(before);
  });

  it('what was edited in between stays, and only ours goes', async () => {
    const at = await place();
    write(at.settings(), '{\n  "env": { "A": "1", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9/x" }\n}\n');
    await enabled(at);
    const settings = JSON.parse(readFileSync(at.settings(), 'utf8'));
    settings.env.B = '2';
    settings.model = 'sonnet';
    write(at.settings(), JSON.stringify(settings));
    const result = await at.run('gateway', 'disable');
    expect(result.stdout).toContain('cleaned');
    expect(JSON.parse(readFileSync(at.settings(), 'utf8'))).toEqual({
      env: { A: '1', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9/x', B: '2' },
      model: 'sonnet',
    });
  });

  it("somebody else's address that stands there by now stays", async () => {
    const at = await place();
    await enabled(at);
    const other = '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9/theirs"}}';
    write(at.settings(), other);
    await at.run('gateway', 'disable');
    expect(readFileSync(at.settings(), 'utf8')).toBe(other);
  });

  it.each([
    ['no JSON', '{"env": '],
    ['with comments', '{\n  // mine\n  "env": {}\n}\n'],
    ['a list', '[]'],
  ])('broken settings (%s) are refused, and nothing is changed', async (_name, text) => {
    const at = await place();
    write(at.settings(), text);
    const result = await at.run(...enabling(at));
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toMatch(/error: .*settings\.local\.json[\s\S]*fix: /);
    expect(readFileSync(at.settings(), 'utf8')).toBe(text);
    expect(jsonOf(await at.run('gateway', 'status', '--json'))).toMatchObject({
      running: false,
      projects: [],
    });
  });

  it('settings that are a link are refused, and the link stays', async () => {
    const at = await place();
    const target = path.join(at.home, 'dotfiles.json');
    writeFileSync(target, '{}');
    mkdirSync(path.dirname(at.settings()));
    symlinkSync(target, at.settings());
    const result = await at.run(...enabling(at));
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toContain('symbolic link');
    expect(readFileSync(target, 'utf8')).toBe('{}');
  });

  it('a folder that takes no file: refused, and the project is not enabled', async () => {
    const at = await place();
    if (process.getuid?.() === 0) writeFileSync(path.join(at.root, '.claude'), 'a file');
    else {
      mkdirSync(path.join(at.root, '.claude'));
      chmodSync(path.join(at.root, '.claude'), 0o500);
    }
    const result = await at.run(...enabling(at));
    expect([3, 4]).toContain(result.exitCode);
    expect(result.stderr).toContain('fix:');
    expect(jsonOf(await at.run('gateway', 'status', '--json'))).toMatchObject({
      project_enabled: false,
      projects: [],
    });
  });

  it('another program has the port: refused, and settings and routes are as they were', async () => {
    const at = await place();
    const other = net.createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    const port = await listening(other);
    onTestFinished(() => {
      other.close();
    });
    const result = await at.run('gateway', 'enable', '--port', String(port));
    expect(result.exitCode).toBe(4);
    expect(result.stderr).toContain(String(port));
    expect(existsSync(at.settings())).toBe(false);
    expect(jsonOf(await at.run('gateway', 'status', '--json'))).toMatchObject({
      project_enabled: false,
      projects: [],
    });
    await enabled(at);
  }, 60_000);

  it('--project asks where it can, refuses where it cannot, and warns', async () => {
    const at = await place();
    const refused = await at.run(...enabling(at), '--project');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('team mates');
    expect(existsSync(at.settings('project'))).toBe(false);
    const forced = await at.run(...enabling(at), '--project', '--yes');
    expect(forced.exitCode).toBe(0);
    expect(forced.stderr).toContain('team mates');
    expect(existsSync(at.settings('project'))).toBe(true);
    await at.run('gateway', 'disable');
    expect(existsSync(at.settings('project'))).toBe(false);
    expect((await at.run(...enabling(at), '--project', '--local')).exitCode).toBe(2);
  });

  it('routes or receipts that were lost cut nobody off: disable and uninstall still find what we wrote', async () => {
    const at = await place();
    const home = path.join(at.home, '.backlog-toolkit', 'gateway');
    write(at.settings(), '{"model":"opus"}');
    await enabled(at);
    writeFileSync(path.join(home, 'routes.json'), '{"projects":');
    expect((await at.run(...enabling(at))).stderr).toContain('routes.json');
    expect((await at.run('gateway', 'disable')).exitCode).toBe(0);
    expect(readFileSync(at.settings(), 'utf8')).toBe('{"model":"opus"}');
    rmSync(path.join(home, 'routes.json'));
    await enabled(at);
    rmSync(path.join(home, 'receipts'), { recursive: true });
    expect((await at.run('gateway', 'disable')).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(at.settings(), 'utf8'))).toEqual({ model: 'opus' });
    await enabled(at);
    writeFileSync(path.join(home, 'routes.json'), 'x');
    expect((await at.run('uninstall')).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(at.settings(), 'utf8'))).toEqual({ model: 'opus' });
  });

  it('uninstall goes on where one project cannot be undone, and says which', async () => {
    const at = await place();
    await enabled(at);
    const second = path.join(path.dirname(at.root), 'second');
    writeFiles(second, { 'backlog.config.json': configText() });
    await backlog([...enabling(at)], { cwd: second, env: at.env });
    const broken = path.join(second, '.claude', 'settings.local.json');
    writeFileSync(broken, '{"env":');
    const result = await at.run('uninstall');
    expect(result.exitCode).toBe(3);
    expect(result.stdout).toContain(`not undone: ${broken}`);
    expect(existsSync(at.settings())).toBe(false);
    expect(readFileSync(broken, 'utf8')).toBe('{"env":');
    expect(jsonOf(await at.run('gateway', 'status', '--json'))).toMatchObject({ running: false });
  });

  it('a project that was moved keeps its upstream when it is enabled again', async () => {
    const at = await place();
    write(at.settings(), '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9/team"}}');
    await enabled(at);
    const moved = path.join(path.dirname(at.root), 'moved');
    writeFiles(moved, {
      'backlog.config.json': configText(),
      '.claude/settings.local.json': readFileSync(at.settings(), 'utf8'),
    });
    const result = await backlog([...enabling(at), '--json'], { cwd: moved, env: at.env });
    expect(jsonOf(result)).toMatchObject({ upstream: 'http://127.0.0.1:9/team' });
    await backlog(['gateway', 'disable'], { cwd: moved, env: at.env });
    expect(JSON.parse(readFileSync(path.join(moved, '.claude', 'settings.local.json'), 'utf8'))).toEqual({
      env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9/team' },
    });
  });
});

describe('a gateway that runs in the background', () => {
  it('that was killed is started again by SessionStart', async () => {
    const at = await place();
    await enabled(at);
    const pid = Number(jsonOf(await at.run('gateway', 'start', '--json')).pid);
    process.kill(pid, 'SIGKILL');
    expect(await sessionStart(at)).toContain('Requests are routed through the gateway.');
    const status = jsonOf(await at.run('gateway', 'status', '--json'));
    expect(status).toMatchObject({ running: true, project_enabled: true, port: at.port });
    expect(Object(status.health).pid).not.toBe(pid);
  });

  it('that cannot start: SessionStart says so, why, and what to type', async () => {
    const at = await place();
    await enabled(at);
    expect((await at.run('gateway', 'stop')).exitCode).toBe(0);
    const other = net.createServer((socket) => socket.end());
    await new Promise<void>((resolve) => other.listen(at.port, '127.0.0.1', resolve));
    onTestFinished(() => {
      other.close();
    });
    const said = await sessionStart(at);
    expect(said).toContain(`Requests cannot be routed: the gateway does not answer on 127.0.0.1:${at.port}`);
    expect(said).toContain('backlog gateway run');
    expect(said).toContain('backlog gateway enable --port');
    expect(said).toContain('Tell the user first.');
  });

  it('that hangs: SessionStart says so before the client gives the hook up', async () => {
    const at = await place();
    await enabled(at);
    const pid = Number(jsonOf(await at.run('gateway', 'start', '--json')).pid);
    process.kill(pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(pid, 'SIGKILL'));
    const began = Date.now();
    const said = await sessionStart(at);
    expect(said).toContain('Requests cannot be routed');
    expect(said).toContain(`process ${pid}`);
    expect(Date.now() - began).toBeLessThan(hookTimeoutMs('SessionStart'));
  });

  it('that answers on another port than the settings name: start, status, doctor and SessionStart say so', async () => {
    const at = await place();
    await enabled(at);
    await at.run('gateway', 'stop');
    const other = await closedPort();
    const started = await at.run('gateway', 'start', '--port', String(other));
    expect(started.exitCode).toBe(0);
    const words = `it answers on port ${other}, but requests are sent to port ${at.port}`;
    expect(started.stderr).toContain(words);
    const status = await at.run('gateway', 'status');
    expect(status).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(words) });
    expect(status.stdout).toContain('next: backlog gateway stop && backlog gateway start');
    expect((await at.run('llm', 'doctor')).stdout).toMatch(new RegExp(`error {2}gateway .*${words}`));
    expect(await sessionStart(at)).toContain(`Requests cannot be routed: ${words}`);
    await at.run('gateway', 'stop');
    await at.run('gateway', 'start');
    expect((await at.run('gateway', 'status')).exitCode).toBe(0);
    expect((await at.run('llm', 'doctor')).stdout).toContain(`it answers on port ${at.port}`);
    expect(await sessionStart(at)).toContain('Requests are routed through the gateway.');
  });

  it('that is not enabled: SessionStart says that requests are not routed, and starts none', async () => {
    const at = await place();
    expect(await sessionStart(at)).toContain('Requests are not routed');
    expect(jsonOf(await at.run('gateway', 'status', '--json')).running).toBe(false);
  });

  it('says which configuration it cannot read, and which records wait', async () => {
    const at = await place();
    const { url } = await upstream((_request, response) => response.end(answered()));
    write(at.settings(), JSON.stringify({ env: { ANTHROPIC_BASE_URL: url } }));
    const target = new URL(`${String((await enabled(at)).base_url)}/v1/messages`);
    const once = () => ask(at.port, { path: target.pathname, body: message() });
    expect((await once()).status).toBe(200);
    writeFiles(at.root, { 'backlog.config.json': '{"version": ' });
    rmSync(path.join(at.root, '.backlog-ops'), { recursive: true });
    writeFileSync(path.join(at.root, '.backlog-ops'), 'in the way');
    expect((await once()).status).toBe(200);
    const { stdout } = await at.run('gateway', 'status');
    expect(stdout).toContain(`configuration of ${at.root} cannot be read, the last good one holds: `);
    expect(stdout).toContain('records that wait for their ledger: 1');
  });

  it('two that are started at once leave one, and everybody finds it', async () => {
    const at = await place();
    const started = await Promise.all(
      Array.from({ length: 4 }, () => at.run('gateway', 'start', '--port', String(at.port), '--json')),
    );
    expect(started.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(new Set(started.map((result) => jsonOf(result).pid)).size).toBe(1);
    const second = await at.run('gateway', 'run', '--port', '0');
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('runs already');
  });

  it('exec passes exit code, arguments and environment, and writes no settings', async () => {
    const at = await place();
    const script =
      'console.log(JSON.stringify([process.env.ANTHROPIC_BASE_URL, process.env.CLAUDE_CODE_GATEWAY_HINT_HEADERS, process.env.MINE, process.argv.slice(1)])); process.exit(7)';
    const result = await backlog(
      [
        'gateway',
        'exec',
        '--port',
        String(at.port),
        '--',
        process.execPath,
        '-e',
        script,
        '--',
        '--json',
        'a b',
      ],
      { cwd: at.root, env: { ...at.env, MINE: 'kept' } },
    );
    expect(result.stderr).toBe('');
    expect(result.exitCode).toBe(7);
    expect(JSON.parse(result.stdout)).toEqual([
      expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:${at.port}/p/shop-[0-9a-f]{10}$`)),
      '1',
      'kept',
      ['--json', 'a b'],
    ]);
    expect(existsSync(path.join(at.root, '.claude'))).toBe(false);
    const missing = await at.run('gateway', 'exec', '--', 'no-such-program-here');
    expect(missing.exitCode).toBe(4);
    expect(missing.stderr).toContain('no-such-program-here');
  });
});

describe('gateway exec', () => {
  it('leaves Ctrl-C to the program, hands SIGTERM on, and says which signal ended it', async () => {
    const at = await place();
    const of = async (script: string) => {
      const child = spawn(
        backlogBin,
        ['gateway', 'exec', '--port', String(at.port), '--', process.execPath, '-e', script],
        { cwd: at.root, env: { PATH: process.env.PATH, ...at.env } },
      );
      onTestFinished(() => {
        child.kill('SIGKILL');
      });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      await until('it runs', () => text.includes('ready'));
      return { child, ended: new Promise((resolve) => child.once('close', resolve)) };
    };
    const stays = await of(
      "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('ready')",
    );
    for (let times = 0; times < 3; times += 1) {
      stays.child.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(stays.child.exitCode).toBeNull();
    stays.child.kill('SIGTERM');
    expect(await stays.ended).toBe(5);
    const killed = await of(
      "console.log('ready'); setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50)",
    );
    expect(await killed.ended).toBe(143);
  });
});

describe('gateway logs', () => {
  const entry = (level: string, time: string, event: string) =>
    `${JSON.stringify({ level, time, pid: 1, event })}\n`;

  it('by time and level, across the files of a rotation, with torn lines as they are', async () => {
    const at = await place();
    const file = path.join(at.home, '.backlog-toolkit', 'gateway', 'gateway.log');
    write(`${file}.2`, entry('info', '2026-11-19T10:00:00.000Z', 'oldest'));
    write(`${file}.1`, entry('error', '2026-11-20T10:00:00.000Z', 'older'));
    write(file, `${entry('info', '2026-11-21T10:00:00.000Z', 'newer')}{"lev\n`);
    const of = async (...args: string[]) => (await at.run('gateway', 'logs', ...args)).stdout;
    const names = (text: string) => text.match(/oldest|older|newer|"lev$/gm);
    expect(names(await of())).toEqual(['oldest', 'older', 'newer', '"lev']);
    expect(names(await of('--level', 'warn'))).toEqual(['older', '"lev']);
    expect(names(await of('--since', '2026-11-21'))).toEqual(['newer', '"lev']);
    expect((await at.run('gateway', 'logs', '--since', 'yesterday')).exitCode).toBe(2);
    expect((await at.run('gateway', 'logs', '--level', 'loud')).exitCode).toBe(2);
  });

  it('--follow shows what is there, what comes, and goes on when the log begins anew', async () => {
    const at = await place();
    const file = path.join(at.home, '.backlog-toolkit', 'gateway', 'gateway.log');
    write(file, entry('info', '2026-11-21T10:00:00.000Z', 'first'));
    const child = spawn(backlogBin, ['gateway', 'logs', '--follow'], {
      cwd: at.root,
      env: { PATH: process.env.PATH, ...at.env },
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    await until('the first line', () => text.includes('first'));
    const split = Buffer.from(entry('info', '2026-11-21T10:00:01.000Z', 'grüße'));
    const middle = split.indexOf(0xc3) + 1;
    appendFileSync(file, split.subarray(0, middle));
    await new Promise((resolve) => setTimeout(resolve, 300));
    appendFileSync(file, split.subarray(middle));
    await until('a line that came in two parts', () => text.includes('grüße'));
    appendFileSync(file, entry('info', '2026-11-21T10:00:02.000Z', 'last-of-old'));
    renameSync(file, `${file}.1`);
    write(file, entry('info', '2026-11-21T10:00:03.000Z', 'first-of-new'));
    await until('the new file', () => text.includes('first-of-new'));
    expect(text.match(/"event":"[^"]+"/g)).toEqual(
      ['first', 'grüße', 'last-of-old', 'first-of-new'].map((event) => `"event":"${event}"`),
    );
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });
});

describe('in a repository', () => {
  it('the settings of its user stay out of sight, and `disable` takes exactly that back', async () => {
    const where = await place();
    gitIn(where.root, 'init', '-q', '-b', 'main');
    gitIn(where.root, 'add', '-A');
    gitIn(where.root, 'commit', '-q', '-m', 'chore: start');
    const exclude = path.join(where.root, '.git/info/exclude');
    const before = readFileSync(exclude, 'utf8');
    expect((await where.run('gateway', 'enable', '--port', String(where.port))).exitCode).toBe(0);
    expect((await where.run('gateway', 'enable')).exitCode).toBe(0);
    expect(existsSync(where.settings())).toBe(true);
    expect(gitIn(where.root, 'status', '--porcelain')).toBe('');
    expect((await where.run('gateway', 'disable')).exitCode).toBe(0);
    expect(readFileSync(exclude, 'utf8')).toBe(before);
    expect(gitIn(where.root, 'status', '--porcelain')).toBe('');
  });

  it('a file that git has, or ignores already, needs nothing', async () => {
    const where = await place();
    gitIn(where.root, 'init', '-q', '-b', 'main');
    writeFiles(where.root, { '.gitignore': '.claude/settings.local.json\n' });
    const exclude = path.join(where.root, '.git/info/exclude');
    const before = readFileSync(exclude, 'utf8');
    expect((await where.run('gateway', 'enable', '--port', String(where.port))).exitCode).toBe(0);
    expect(readFileSync(exclude, 'utf8')).toBe(before);
  });
});
