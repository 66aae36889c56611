import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { backlogBin, repositoryRoot } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const script = path.join(repositoryRoot, 'install.sh');
const shortNames = readdirSync(path.join(repositoryRoot, 'skills')).map((name) =>
  name.replace('backlog-', ''),
);

let home: string;
let project: string;
beforeEach(() => {
  const root = tempDir();
  writeFiles(root, { 'home/.profile': '', 'project/README.md': '' });
  home = path.join(root, 'home');
  project = path.join(root, 'project');
});

interface Answer {
  readonly exitCode: number | null;
  readonly said: string;
}

/** Runs the script where stdin is no terminal. */
function install(...args: string[]): Answer {
  return run(script, args, '');
}

/** Runs it on a terminal, where a person types `answer`. */
function installAsking(answer: string, ...args: string[]): Answer {
  return run('/usr/bin/script', ['-qec', [script, ...args].join(' '), '/dev/null'], `${answer}\n`);
}

function run(file: string, args: readonly string[], input: string): Answer {
  const env = { HOME: home, PATH: '/usr/bin:/bin', SHELL: '/bin/sh' };
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: project, env, input, encoding: 'utf8' });
  return { exitCode: status, said: stdout + stderr };
}

/** Everything below a folder, by relative path: content, or what a link points to. */
function snapshot(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const full = path.join(entry.parentPath, entry.name);
      const content = entry.isSymbolicLink()
        ? `-> ${readlinkSync(full)}`
        : entry.isFile()
          ? readFileSync(full, 'utf8')
          : '';
      return [path.relative(folder, full), content];
    }),
  );
}

const installed = (name: string) => path.join(home, '.claude/skills', name, 'SKILL.md');

describe('install.sh', () => {
  it('installs every skill for the user, with the agents that they send', () => {
    expect(install().exitCode).toBe(0);
    for (const name of shortNames) expect(existsSync(installed(`backlog-${name}`)), name).toBe(true);
    expect(readdirSync(path.join(home, '.claude/agents'))).toEqual([
      'backlog-toolkit-implementer.md',
      'backlog-toolkit-investigator.md',
      'backlog-toolkit-reviewer.md',
    ]);
  });

  it.each([[['--skills']], [['--skills', '']], [['--skills=']]])(
    'refuses %j instead of taking all',
    (args) => {
      const { exitCode, said } = install(...args);
      expect([exitCode, snapshot(home)]).toEqual([2, { '.profile': '' }]);
      expect(said).toContain('error: --skills needs a list');
    },
  );

  it('writes names that exist without the plugin', () => {
    install();
    const written = snapshot(path.join(home, '.claude'));
    for (const [file, content] of Object.entries(written)) {
      expect(content, file).not.toContain('backlog-toolkit:');
      for (const [, agent = ''] of content.matchAll(/`(backlog-toolkit-[a-z]+)`/g))
        expect(Object.keys(written), file).toContain(`agents/${agent}.md`);
      for (const [, skill = ''] of content.matchAll(/`\/(backlog-[a-z]+)/g))
        expect(Object.keys(written), file).toContain(`skills/${skill}/SKILL.md`);
    }
    for (const agent of ['implementer', 'investigator', 'reviewer'])
      expect(written[`agents/backlog-toolkit-${agent}.md`]).toContain(`\nname: backlog-toolkit-${agent}\n`);
  });

  it('makes backlog reachable and says when PATH does not have it', () => {
    const { said } = install();
    const link = path.join(home, '.local/bin/backlog');
    expect(readlinkSync(link)).toBe(backlogBin);
    expect(said).toContain(`export PATH="${path.dirname(link)}:$PATH"`);
  });

  it('leaves another program of that name where it is, and says how ours comes first', () => {
    writeFiles(home, { '.local/bin/backlog': 'theirs' });
    const { said, exitCode } = install('--force');
    expect(exitCode).toBe(0);
    expect(readFileSync(path.join(home, '.local/bin/backlog'), 'utf8')).toBe('theirs');
    expect(said).toContain(`export PATH="${path.join(repositoryRoot, 'bin')}:$PATH"`);
    install('--uninstall');
    expect(existsSync(path.join(home, '.local/bin/backlog'))).toBe(true);
  });

  it('writes the hooks as a settings file, merges them into nothing, and says so', () => {
    writeFiles(home, { '.claude/settings.json': '{"model":"opus"}' });
    const { said } = install();
    const file = path.join(home, '.claude/backlog-hooks.json');
    const { hooks, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
    expect(rest).toEqual({});
    expect(hooks.SessionStart[0].hooks[0].command).toBe(backlogBin);
    expect(readFileSync(file, 'utf8')).not.toContain('CLAUDE_PLUGIN_ROOT');
    expect(said).toContain(`claude --settings "${file}"`);
    expect(readFileSync(path.join(home, '.claude/settings.json'), 'utf8')).toBe('{"model":"opus"}');
  });

  it('--local installs into the current folder, links nothing, and says how to reach backlog', () => {
    const { said } = install('--local');
    expect(existsSync(path.join(project, '.claude/skills/backlog-ticket/SKILL.md'))).toBe(true);
    expect(snapshot(home)).toEqual({ '.profile': '' });
    expect(said).toContain(`export PATH="${path.join(repositoryRoot, 'bin')}:$PATH"`);
  });

  it.each([
    ['short names', 'init,ticket'],
    ['long names', 'backlog-init,backlog-ticket'],
  ])('--skills takes %s, and no agent comes with skills that send none', (_title, list) => {
    expect(install('--skills', list).exitCode).toBe(0);
    expect(readdirSync(path.join(home, '.claude/skills'))).toEqual(['backlog-init', 'backlog-ticket']);
    expect(existsSync(path.join(home, '.claude/agents'))).toBe(false);
  });

  it.each([
    [
      'an unknown skill',
      ['--skills', 'init,refinemnt'],
      1,
      /unknown skill refinemnt\nfix: choose from: .*\binit\b.*\bticket\b/,
    ],
    ['a path for a skill', ['--skills', '../../etc'], 1, /unknown skill/],
    ['a path that leads to a skill', ['--skills', 'ticket/../backlog-init'], 1, /unknown skill/],
    ['an empty list', ['--skills', ','], 1, /no skill was named/],
    [
      'an unknown option',
      ['--globl'],
      2,
      /unknown option --globl\nfix: use --local, --skills a,b, --force, --uninstall or -h/,
    ],
    ['--skills without a list', ['--skills'], 2, /name some of: .*ticket/],
    ['--uninstall of some skills', ['--uninstall', '--skills', 'init'], 2, /leave out --skills/],
  ])('refuses %s and writes nothing', (_title, args, exitCode, message) => {
    const answer = install(...args);
    expect(answer.exitCode).toBe(exitCode);
    expect(answer.said).toMatch(message);
    expect(snapshot(home)).toEqual({ '.profile': '' });
  });

  it('-h prints every flag and the skills', () => {
    const { said, exitCode } = install('-h');
    expect(exitCode).toBe(0);
    for (const word of ['--local', '--skills', '--force', '--uninstall', ...shortNames])
      expect(said).toContain(word);
  });

  it('runs again without a question when nothing differs', () => {
    install();
    const before = snapshot(home);
    expect(install().exitCode).toBe(0);
    expect(snapshot(home)).toEqual(before);
  });

  it('refuses to overwrite where nobody can be asked, as a whole', () => {
    writeFiles(home, { '.claude/skills/backlog-ticket/SKILL.md': 'mine' });
    const before = snapshot(home);
    const { exitCode, said } = install();
    expect(exitCode).toBe(1);
    expect(said).toContain(installed('backlog-ticket'));
    expect(said).toContain('--force');
    expect(said).not.toContain('[y/N]');
    expect(snapshot(home)).toEqual(before);
  });

  it('--force overwrites', () => {
    writeFiles(home, { '.claude/skills/backlog-ticket/SKILL.md': 'mine' });
    expect(install('--force').exitCode).toBe(0);
    expect(readFileSync(installed('backlog-ticket'), 'utf8')).toContain('name: backlog-ticket');
  });

  it('replaces a link by a file, and leaves what it pointed to', () => {
    writeFiles(home, { 'dotfiles/skill.md': 'mine', '.claude/skills/backlog-ticket/x': '' });
    symlinkSync(path.join(home, 'dotfiles/skill.md'), installed('backlog-ticket'));
    expect(install().exitCode).toBe(1);
    expect(install('--force').exitCode).toBe(0);
    expect(readFileSync(path.join(home, 'dotfiles/skill.md'), 'utf8')).toBe('mine');
    expect(lstatSync(installed('backlog-ticket')).isFile()).toBe(true);
  });

  it("takes a link that leads nowhere for somebody's, too", () => {
    writeFiles(home, { '.claude/skills/backlog-ticket/x': '' });
    symlinkSync(path.join(home, 'not-there-yet.md'), installed('backlog-ticket'));
    expect(install().exitCode).toBe(1);
    expect(readlinkSync(installed('backlog-ticket'))).toBe(path.join(home, 'not-there-yet.md'));
  });

  it('puts a newer version in the place of an older one without a question', () => {
    const before = snapshot(home);
    const clone = tempDir();
    for (const part of ['skills', 'agents', 'hooks', 'bin', 'install.sh'])
      cpSync(path.join(repositoryRoot, part), path.join(clone, part), { recursive: true });
    const newer = path.join(clone, 'install.sh');
    expect(run(newer, [], '').exitCode).toBe(0);
    writeFiles(clone, { 'skills/backlog-ticket/SKILL.md': 'newer' });
    expect(run(newer, [], '').exitCode).toBe(0);
    expect(readFileSync(installed('backlog-ticket'), 'utf8')).toBe('newer');
    expect(run(newer, ['--uninstall'], '').exitCode).toBe(0);
    expect(snapshot(home)).toEqual(before);
  });

  describe('on a terminal', () => {
    beforeEach((test) => {
      const probe = spawnSync('/usr/bin/script', ['-qec', 'test -t 0', '/dev/null']);
      test.skip(probe.status !== 0, 'no `script` of util-linux here to make a terminal');
    });

    it.each([
      ['y', 0, 'name: backlog-ticket'],
      ['n', 1, 'mine'],
      ['', 1, 'mine'],
    ])('asks before it overwrites: %j', (answer, exitCode, content) => {
      writeFiles(home, { '.claude/skills/backlog-ticket/SKILL.md': 'mine' });
      const answered = installAsking(answer);
      expect(answered.said).toContain('Overwrite them? [y/N]');
      expect(answered.exitCode).toBe(exitCode);
      expect(readFileSync(installed('backlog-ticket'), 'utf8')).toContain(content);
    });
  });

  it('--uninstall leaves the home as it was before', () => {
    writeFiles(home, { '.claude/skills/other/SKILL.md': 'mine', '.claude/settings.json': '{}' });
    const before = snapshot(home);
    install();
    install('--skills', 'init');
    expect(install('--uninstall').exitCode).toBe(0);
    expect(snapshot(home)).toEqual(before);
  });

  it('--uninstall --local leaves the project as it was before', () => {
    const before = snapshot(project);
    install('--local');
    expect(install('--local', '--uninstall').exitCode).toBe(0);
    expect(snapshot(project)).toEqual(before);
  });

  it('--uninstall keeps what was edited or added since, and says so; --force removes the edited', () => {
    install();
    writeFiles(home, { '.claude/skills/backlog-init/notes.md': 'mine' });
    writeFileSync(installed('backlog-ticket'), 'edited');
    const { said } = install('--uninstall');
    expect(said).toContain(`kept, it was edited: ${installed('backlog-ticket')}`);
    expect(
      Object.entries(snapshot(path.join(home, '.claude'))).filter(([, text]) => /edited|mine/.test(text)),
    ).toHaveLength(2);
    expect(existsSync(installed('backlog-init'))).toBe(false);
    install('--uninstall', '--force');
    expect(existsSync(installed('backlog-ticket'))).toBe(false);
    expect(readFileSync(path.join(home, '.claude/skills/backlog-init/notes.md'), 'utf8')).toBe('mine');
  });

  it('--uninstall takes no path out of a manifest that leads elsewhere', () => {
    writeFiles(home, {
      'precious.md': 'mine',
      '.claude/backlog-toolkit.manifest': 'file\t0:0\t../precious.md\nlink\t/x\tprecious.md\ndir\t-\t/\n',
    });
    install('--uninstall', '--force');
    expect(readFileSync(path.join(home, 'precious.md'), 'utf8')).toBe('mine');
  });

  it('--uninstall leaves a link that somebody has turned elsewhere', () => {
    install();
    const link = path.join(home, '.local/bin/backlog');
    rmSync(link);
    symlinkSync('/usr/bin/true', link);
    install('--uninstall');
    expect(readlinkSync(link)).toBe('/usr/bin/true');
  });

  it('--uninstall of nothing says so', () => {
    const { exitCode, said } = install('--uninstall');
    expect(exitCode).toBe(0);
    expect(said).toContain('nothing to remove');
  });
});
