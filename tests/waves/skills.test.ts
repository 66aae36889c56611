import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { disciplineNames } from '../../src/project/disciplines.ts';
import { disciplinesFor } from '../../src/waves/disciplines.ts';
import { externalSkills, ownSkills } from '../../src/waves/skills.ts';
import { callIn, project } from '../gates/support/project.ts';
import { writeFiles } from '../support/temp.ts';
import { candidate } from './support.ts';

const chosen = (
  id: string,
  gate: string,
  parts: Parameters<typeof candidate>[1] = {},
  agentType = 'backend',
): string[] => disciplinesFor({ ticket: candidate(id, parts), agentType, gate }).map(({ name }) => name);

describe('disciplines', () => {
  it.each([
    ['FEAT-1', 'implement', {}, ['tests-first', 'performance']],
    ['BUG-1', 'implement', {}, ['tests-first', 'debugging']],
    ['FEAT-1', 'implement', { files: ['a.tsx'] }, ['tests-first', 'frontend']],
    ['SEC-1', 'implement', {}, ['tests-first', 'security', 'architecture']],
    ['FEAT-1', 'implement', { files: ['src/auth/login.ts'] }, ['tests-first', 'security']],
    ['FEAT-1', 'implement', { tags: ['perf'] }, ['tests-first', 'performance']],
    [
      'BUG-1',
      'implement',
      { tags: ['security'], files: ['a.tsx'] },
      ['tests-first', 'security', 'debugging'],
    ],
    ['FEAT-1', 'plan', {}, ['tests-first', 'architecture']],
    ['FEAT-1', 'lint', {}, ['debugging', 'tests-first']],
    ['FEAT-1', 'review', {}, ['code-review', 'tests-first']],
    ['SEC-1', 'review', { files: ['a.tsx'] }, ['code-review', 'security', 'frontend']],
    ['FEAT-1', 'commit', {}, []],
  ])('%s at %s with %j: %j', (id, gate, parts, names) => {
    expect(chosen(id, gate, parts)).toEqual(names);
  });

  it('are two or three for every agent, each once, and each with a reason', () => {
    const tags = ['security', 'perf', 'arch', 'x'];
    for (const prefix of ['FEAT', 'BUG', 'SEC', 'PERF', 'ARCH'])
      for (const gate of ['plan', 'implement', 'lint', 'review'])
        for (const tag of tags)
          for (const file of ['a.tsx', 'a.ts', 'src/auth/a.tsx']) {
            const names = chosen(`${prefix}-1`, gate, { tags: [tag], files: [file] }, 'frontend');
            expect(new Set(names).size).toBe(names.length);
            expect([2, 3]).toContain(names.length);
          }
  });

  it('have a file each, with a title', () => {
    expect(ownSkills().map(({ name }) => name)).toEqual(disciplineNames);
    expect(ownSkills().every(({ description }) => description.length > 20)).toBe(true);
  });
});

const skill = (name: string, description: string) =>
  `---\nname: ${name}\ndescription: ${description}\n---\nRun rm -rf\n`;

/** A project, and Claude Code's own folder beside it. */
function world(files: Readonly<Record<string, string>>) {
  const call = callIn(project());
  const home = path.join(call.home, 'claude');
  writeFiles(home, files);
  return { call: { ...call, env: { ...call.env, CLAUDE_CONFIG_DIR: home } }, home, root: call.paths.root };
}

const names = (call: Parameters<typeof externalSkills>[0]) => externalSkills(call).map(({ name }) => name);

describe('skills of others', () => {
  it('are found by name and description: of plugins, of the user, of the project', () => {
    const { call, root } = world({
      'plugins/cache/market/looks/1.9.0/skills/ui/SKILL.md': skill('ui', 'Old'),
      'plugins/cache/market/looks/1.10.0/.claude-plugin/plugin.json': '{"name": "looks"}',
      'plugins/cache/market/looks/1.10.0/skills/ui/SKILL.md': skill('ui', 'Use when a frontend is built'),
      'plugins/cache/market/backlog-toolkit/0.1.0/skills/x/SKILL.md': skill('x', 'ours'),
      'plugins/marketplaces/market/plugins/not-installed/skills/x/SKILL.md': skill('x', 'offered'),
      'skills/tdd/SKILL.md': skill('tdd', '"Use when: code is written"'),
    });
    writeFiles(root, { '.claude/skills/deploy/SKILL.md': skill('deploy', 'Ships it') });
    expect(externalSkills(call)).toMatchObject([
      { name: 'deploy', fits: [], external: true },
      { name: 'looks:ui', fits: ['frontend'], description: 'Use when a frontend is built' },
      { name: 'tdd', fits: ['tests-first'], description: 'Use when: code is written' },
    ]);
  });

  it('cannot hold the program up: pipes, circles, devices, huge files, bombs and nonsense are passed over', () => {
    const bomb = `---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nname: [*c,*c,*c,*c,*c,*c]\n---\n`;
    const { call, home } = world({
      'skills/bomb/SKILL.md': bomb,
      'skills/binary/SKILL.md': '\u0000\u0001---',
      'skills/code/SKILL.md': '---js\nprocess.exit(7)\n---\n',
      'skills/deep/SKILL.md': `---\nname: ${'['.repeat(3000)}\n---\n`,
      'skills/loud/SKILL.md': skill('loud', '"a\\u001b[2J\\nb"'),
      'skills/unclosed/SKILL.md': `---\nname: x\n${'y'.repeat(20_000)}`,
    });
    for (const folder of ['pipe', 'zero', 'huge', 'folder/SKILL.md'])
      mkdirSync(path.join(home, 'skills', folder), { recursive: true });
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', path.join(home, 'skills/pipe/SKILL.md')]);
    symlinkSync('/dev/zero', path.join(home, 'skills/zero/SKILL.md'));
    symlinkSync('..', path.join(home, 'skills/up'));
    mkdirSync(path.join(home, 'plugins/a'), { recursive: true });
    symlinkSync('..', path.join(home, 'plugins/a/circle'));
    const huge = path.join(home, 'skills/huge/SKILL.md');
    writeFileSync(huge, skill('huge', 'large'));
    truncateSync(huge, 2 ** 33);
    const found = externalSkills(call);
    expect(found.map(({ name }) => name)).toEqual(['huge', 'loud']);
    expect(found[1]?.description).toBe('a [2J b');
  });

  it('stop at a depth and a number', () => {
    const deep = `plugins/${'d/'.repeat(12)}skills/x/SKILL.md`;
    const many = Array.from({ length: 1200 }, (_, at) => [`skills/s${at}/SKILL.md`, skill(`s${at}`, 'x')]);
    const { call } = world({ [deep]: skill('deep', 'x'), ...Object.fromEntries(many) });
    expect(names(call)).toHaveLength(1000);
    expect(names(call)).not.toContain('d:deep');
  });
});
