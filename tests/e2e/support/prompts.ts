import { readText } from '../../plugin/parts.ts';
import { bash } from './scenario.ts';
import type { ToolUse } from './scripted-api.ts';

/** The prompt that a reference of the implementer skill tells the leader to send, its slots filled. Throws for a slot left over. */
export function promptFrom(
  name: 'implementer' | 'reviewer',
  slots: Readonly<Record<string, string>>,
): string {
  const text = readText(`skills/backlog-implementer/references/${name}-prompt.md`);
  const [, template = ''] = /```\n(.*?)\n```/s.exec(text) ?? [];
  return template.replace(/\{([A-Z_]+)\}/g, (_slot, key: string) => {
    const value = slots[key];
    if (value === undefined)
      throw new Error(`${name}-prompt.md has a slot that the story does not fill: ${key}`);
    return value;
  });
}

/** A Bash call that hands a text over on stdin, as the skills show it. */
export function bashWith(command: string, text: string): ToolUse {
  return bash(`${command} <<'TEXT'\n${text.trimEnd()}\nTEXT`);
}
