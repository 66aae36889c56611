import * as z from 'zod';
import { gateCommands } from '../src/project/gate-commands.ts';
import { newConfigText, SCHEMA_URL } from '../src/project/new-config.ts';
import { configSchema } from '../src/project/schema/config-schema.ts';
import { stacks } from '../src/project/stack.ts';

/**
 * The generated files of config/, by their path in the repository. `npm run schema` writes them; a test fails when one of
 * them is not current.
 */
export function configFiles(): Record<string, string> {
  const presets = stacks.map((stack) => {
    const text = newConfigText({
      name: 'my-project',
      stack,
      prefixes: ['TASK', 'BUG', 'FEAT', 'IDEA'],
      // A folder that is not there: what a stack usually runs, no project's own scripts.
      commands: gateCommands('/nonexistent', stack),
      codeRules: true,
      setupCommand: undefined,
      llmOps: false,
      local: false,
    });
    return [`config/presets/${stack}.json`, text] as const;
  });
  return { 'config/backlog.config.schema.json': schemaText(), ...Object.fromEntries(presets) };
}

/** Draft 7, which every editor understands. `input`: keys with a default may be left out. */
function schemaText(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ $id: SCHEMA_URL, title: 'backlog.config.json', ...schema }, null, 2)}\n`;
}
