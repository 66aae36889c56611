import { existsSync } from 'node:fs';
import path from 'node:path';
import type { GateCall } from '../gates/call.ts';
import { claudeFolder } from '../ledger/transcript-folders.ts';
import { installRoot } from '../project/install-root.ts';
import { describedIn, filesIn } from './front-matter.ts';

/** Our own plugin's name, before the names of its agents and skills. */
export const PLUGIN = 'backlog-toolkit';

export type AgentPlace = 'project' | 'user' | 'plugin' | 'default';

/** Whom the leader starts. */
export interface AgentToStart {
  /** As Claude Code's Agent tool takes it in `subagent_type`. */
  readonly agent: string;
  /** Where it was found; `default`: there is none of the type's name, so the implementer stands in. */
  readonly place: AgentPlace;
  /** Absolute path of what the implementer has to know for this type; `null` when there is nothing to add. */
  readonly brief: string | null;
}

/** An agent of the type's name where there is one (the project's, the user's, ours), else the implementer with the type's brief. */
export function agentToStart(call: Pick<GateCall, 'paths' | 'env'>, agentType: string): AgentToStart {
  const { root, mainRoot } = call.paths;
  const folders: readonly (readonly [AgentPlace, string])[] = [
    ['project', path.join(root, '.claude/agents')],
    ['project', path.join(mainRoot, '.claude/agents')],
    ['user', path.join(claudeFolder(call.env), 'agents')],
    ['plugin', path.join(installRoot(), 'agents')],
  ];
  const wanted = agentType.startsWith(`${PLUGIN}:`) ? agentType.slice(PLUGIN.length + 1) : agentType;
  for (const [place, folder] of folders) {
    if (!filesIn(folder, '.md').some((file) => nameOf(file) === wanted)) continue;
    return { agent: place === 'plugin' ? `${PLUGIN}:${wanted}` : wanted, place, brief: null };
  }
  // An agent of another plugin is named in full; Claude Code knows whether it is there.
  if (agentType.includes(':')) return { agent: agentType, place: 'user', brief: null };
  return { agent: `${PLUGIN}:implementer`, place: 'default', brief: briefOf(agentType) };
}

/** Claude Code goes by the front matter; where it names none, by the file. */
function nameOf(file: string): string {
  return describedIn(file)?.name ?? path.basename(file, '.md');
}

function briefOf(agentType: string): string | null {
  // A type is somebody's word; only one that is a plain name can be the name of a file.
  if (!/^[a-z][a-z0-9-]*$/.test(agentType)) return null;
  const file = path.join(referencesFolder(), 'types', `${agentType}.md`);
  return existsSync(file) ? file : null;
}

/** Where the texts lie that agents are given. */
export function referencesFolder(): string {
  return path.join(installRoot(), 'skills/backlog-implementer/references');
}
