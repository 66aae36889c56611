import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { disciplineNames } from '../../src/project/disciplines.ts';
import { repositoryRoot } from '../support/cli.ts';
import { agents, briefs, commands, disciplines, type Part, readText, references, skills } from './parts.ts';

/** What Claude Code 2.1.328 knows; it ignores anything else without a word. */
const knownKeys = {
  skills:
    'name description when_to_use model effort disallowed-tools argument-hint arguments disable-model-invocation user-invocable paths context agent background shell',
  commands:
    'description model effort allowed-tools disallowed-tools argument-hint arguments disable-model-invocation user-invocable shell',
  agents:
    'name description tools disallowedTools model effort color maxTurns skills initialPrompt memory background isolation',
};
const models = ['sonnet', 'opus', 'haiku', 'fable', 'inherit'];
const tools = ['Agent', 'Bash', 'Edit', 'Glob', 'Grep', 'Read', 'Skill', 'Write'];
const colors = ['red', 'blue', 'green', 'yellow', 'purple', 'orange', 'pink', 'cyan'];

function unknownKeys(part: Part, kind: keyof typeof knownKeys): string[] {
  return Object.keys(part.frontmatter).filter((key) => !knownKeys[kind].split(' ').includes(key));
}

describe.each(skills.map((skill) => ({ ...skill, title: skill.file })))('$title', (skill) => {
  const { file, frontmatter, body } = skill;

  it('has keys that the client knows, and no allowed-tools: with it the model would have to ask first', () => {
    expect(unknownKeys(skill, 'skills')).toEqual([]);
  });

  it('is named as its folder', () => {
    expect(frontmatter.name).toBe(path.basename(path.dirname(file)));
  });

  it('says when to use it, and only when', () => {
    expect(frontmatter.description).toMatch(/^Use when .{20,290}$/);
  });

  it('has at most 200 lines', () => {
    expect(readText(file).trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });

  it('sends its reader only to files that exist', () => {
    for (const [, target = ''] of body.matchAll(/\]\(([^)]+)\)/g))
      expect(existsSync(path.join(repositoryRoot, path.dirname(file), target)), target).toBe(true);
  });

  it('names a model at every dispatch of an agent that exists', () => {
    for (const [, agent = '', rest = ''] of body.matchAll(
      /[Dd]ispatch\s+`backlog-toolkit:([a-z-]+)`([^.]*)/g,
    )) {
      expect(existsSync(path.join(repositoryRoot, `agents/${agent}.md`)), agent).toBe(true);
      expect(rest).toMatch(/\(model: (sonnet|opus|haiku)/);
    }
  });
});

it('the implementer says first when requests of its session are not routed', () => {
  const implementer = skills.find(({ file }) => file.includes('backlog-implementer'));
  const [first = ''] = /^1\. .*?(?=^2\. )/ms.exec(implementer?.body ?? '') ?? [];
  expect(first).toContain('`backlog --json`');
  expect(first.replaceAll(/\s+/g, ' ')).toMatch(
    /When `routed` is false, your first line to the user says: this session's requests are not routed/,
  );
});

describe('texts that the program chooses', () => {
  it('are the disciplines that it knows, no more and no fewer', () => {
    expect(disciplines.map((file) => path.basename(file, '.md')).sort()).toEqual([...disciplineNames].sort());
  });

  it.each(disciplines)('%s has a title and 10 to 15 numbered rules in a row', (file) => {
    const text = readText(file);
    expect(text).toMatch(/^# .+: .+/);
    const numbers = [...text.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeGreaterThanOrEqual(10);
    expect(numbers.length).toBeLessThanOrEqual(15);
  });

  it.each([...disciplines, ...briefs])('%s is short', (file) => {
    expect(readText(file).length).toBeLessThan(3000);
  });
});

describe('references', () => {
  it.each(references)('%s is linked from its skill', (file) => {
    const skill = path.join(path.dirname(file), '../SKILL.md');
    expect(readText(skill)).toContain(`references/${path.basename(file)}`);
  });

  it.each(references.filter((file) => file.endsWith('-prompt.md')))(
    '%s is a prompt with a marker',
    (file) => {
      const prompt = /```\n(.*?)\n```/s.exec(readText(file))?.[1] ?? '';
      expect(prompt.split('\n')[0]).toMatch(
        /^\[backlog ticket=\{ID\} gate=(\{GATE\}|[a-z]+) agent=(\{AGENT\}|[a-z]+)\]$/,
      );
      expect(prompt).not.toMatch(/[<>]/);
    },
  );

  it.each(references.filter((file) => file.endsWith('-prompt.md')))('%s explains every slot', (file) => {
    const text = readText(file);
    const [explained = '', prompt = ''] = text.split(/```\n/);
    const slots = new Set([...prompt.matchAll(/\{[A-Z_]+\}/g)].map(([slot]) => slot));
    expect(slots.size).toBeGreaterThan(0);
    for (const slot of slots) expect(explained, slot).toContain(`\`${slot}\``);
  });
});

describe.each(commands.map((command) => ({ ...command, title: command.file })))('$title', (command) => {
  it('has keys that the client knows', () => {
    expect(unknownKeys(command, 'commands')).toEqual([]);
  });

  it('is at most ten lines, and hands its arguments on', () => {
    expect(readText(command.file).trimEnd().split('\n').length).toBeLessThanOrEqual(10);
    expect(command.body).toContain('$ARGUMENTS');
  });

  it('describes itself in at most 60 characters', () => {
    expect(command.frontmatter.description).toMatch(/^[A-Z].{10,59}$/);
  });

  it('names a skill that exists', () => {
    for (const [, skill = ''] of command.body.matchAll(/the skill `backlog-toolkit:([a-z-]+)`/g))
      expect(existsSync(path.join(repositoryRoot, `skills/${skill}/SKILL.md`)), skill).toBe(true);
  });
});

describe.each(agents.map((agent) => ({ ...agent, title: agent.file })))('$title', (agent) => {
  const { file, frontmatter } = agent;

  it('has keys that the client knows, in a plugin too', () => {
    expect(unknownKeys(agent, 'agents')).toEqual([]);
  });

  it('is named as its file, with a model, tools and a colour that exist', () => {
    expect(frontmatter.name).toBe(path.basename(file, '.md'));
    expect(models).toContain(frontmatter.model);
    expect(colors).toContain(frontmatter.color);
    expect(String(frontmatter.tools).split(', ')).toEqual(expect.arrayContaining(['Bash', 'Read']));
    for (const tool of String(frontmatter.tools).split(', ')) expect(tools).toContain(tool);
  });

  it('can write only when it is the implementer', () => {
    expect(/Edit|Write/.test(String(frontmatter.tools))).toBe(file === 'agents/implementer.md');
  });
});
