import { parseConfig } from './config.ts';
import type { GateCommands } from './gate-commands.ts';
import { CONFIG_FILE } from './paths.ts';
import type { Stack } from './stack.ts';

export const SCHEMA_URL =
  'https://raw.githubusercontent.com/backlog-toolkit/backlog-toolkit/main/config/backlog.config.schema.json';

export interface NewConfig {
  readonly name: string;
  readonly stack: Stack;
  readonly prefixes: readonly string[];
  readonly commands: GateCommands;
  readonly codeRules: boolean;
  readonly setupCommand: string | undefined;
  /** With an `llmOps` block, which makes it version 1.1. */
  readonly llmOps: boolean;
  /** Kept out of the repository, so there is nothing to commit at completion. */
  readonly local: boolean;
}

/** The text of a new configuration: what people change, and nothing that has no effect yet. */
export function newConfigText(wanted: NewConfig): string {
  const { testCommand, lintCommand, typeCheckCommand, buildCommand } = wanted.commands;
  const config = {
    $schema: SCHEMA_URL,
    version: wanted.llmOps ? '1.1' : '1.0',
    profile: 'standard',
    project: { name: wanted.name, stack: wanted.stack },
    backlog: {
      dataDir: 'backlog/data',
      templatesDir: 'backlog/templates',
      ticketPrefixes: wanted.prefixes,
    },
    qualityGates: { testCommand, lintCommand, typeCheckCommand, buildCommand, baseline: 'new-only' },
    ...(wanted.codeRules ? { codeRules: { source: '.claude/code-rules.md' } } : {}),
    ticketValidation: { minAcceptanceCriteria: 3 },
    ...(wanted.setupCommand === undefined ? {} : { worktrees: { setupCommand: wanted.setupCommand } }),
    ...(wanted.local ? { git: { bookkeepingCommit: false } } : {}),
    ...(wanted.llmOps
      ? {
          llmOps: {
            gateway: { baseURL: 'http://localhost:8000', apiKeyEnv: 'LITELLM_MASTER_KEY' },
            billing: 'unknown',
          },
        }
      : {}),
  };
  // Lists of short words on one line, as people and formatters write them.
  const text = `${JSON.stringify(config, null, 2).replaceAll(/\[\n\s+("\w+"(?:,\n\s+"\w+")*)\n\s+\]/g, oneLine)}\n`;
  const { warnings } = parseConfig(text, CONFIG_FILE);
  if (warnings.length > 0) throw new Error(`a new configuration has warnings: ${warnings[0]?.message}`);
  return text;
}

function oneLine(_list: string, items: string): string {
  return `[${items.replaceAll(/\s+/g, ' ')}]`;
}
