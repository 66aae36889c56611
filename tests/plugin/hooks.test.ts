import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from '../support/cli.ts';
import { readJson } from './parts.ts';

// What `claude plugin validate` lets through and the client then drops without a word, or with the whole plugin.
const command = z.strictObject({
  type: z.literal('command'),
  command: z.string(),
  args: z.array(z.string()),
  timeout: z.number().positive().max(60),
  async: z.never().optional(),
});
const file = z.strictObject({
  description: z.string().optional(),
  hooks: z.record(
    z.string(),
    z.array(z.strictObject({ matcher: z.string().optional(), hooks: z.array(command).min(1) })).min(1),
  ),
});
const { hooks } = file.parse(readJson('hooks/hooks.json'));
const entries = Object.entries(hooks).flatMap(([event, groups]) =>
  groups.flatMap((group) => group.hooks.map((hook) => ({ event, matcher: group.matcher, hook }))),
);

const tools = ['Agent', 'Bash', 'Edit', 'NotebookEdit', 'Skill', 'Write'];

describe('hooks/hooks.json', () => {
  it('listens to every event that attribution, denials and the ledger need', () => {
    expect(Object.keys(hooks)).toEqual(
      expect.arrayContaining([
        'SessionStart',
        'UserPromptExpansion',
        'PreToolUse',
        'PostToolUse',
        'SubagentStart',
        'SubagentStop',
        'Stop',
        'SessionEnd',
      ]),
    );
  });

  it.each(entries)('$event $matcher starts a program that exists, without a shell', ({ event, hook }) => {
    const program = hook.command.replace(/^\$\{CLAUDE_PLUGIN_ROOT\}/, repositoryRoot);
    expect(path.isAbsolute(program)).toBe(true);
    accessSync(program, constants.X_OK);
    expect(hook.args).toEqual(['hook', event]);
  });

  it.each(entries.filter(({ event, matcher }) => event.endsWith('ToolUse') && matcher !== undefined))(
    '$event matches tools that exist: $matcher',
    ({ matcher = '' }) => {
      for (const tool of matcher.split('|')) expect(tools).toContain(tool);
    },
  );

  it('listens to typed commands that exist', () => {
    const matchers = entries
      .filter(({ event }) => event === 'UserPromptExpansion')
      .map(({ matcher }) => matcher);
    expect(matchers).toEqual(['backlog-toolkit:waive']);
    accessSync(path.join(repositoryRoot, 'commands/waive.md'));
  });

  it('calls no tool event twice for one tool', () => {
    for (const groups of Object.values(hooks)) {
      const matched = groups.flatMap(({ matcher }) => matcher?.split('|') ?? ['*']);
      expect(new Set(matched).size).toBe(matched.length);
      // The client runs a matcher `Task` for the tool Agent as well.
      expect(matched).not.toContain('Task');
    }
  });
});
