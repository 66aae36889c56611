import { matchesGlob } from '../platform/globs.ts';
import type { BacklogConfig } from '../project/config.ts';
import { agentTypeOf } from './agent-type.ts';
import type { Candidate } from './candidate.ts';

export interface RoutedAgent {
  readonly agentType: string;
  /** Which rule chose it, in words. */
  readonly why: string;
}

type Routed = Pick<Candidate, 'id' | 'prefix' | 'tags' | 'files'>;

/** `agentRouting.overrides` of the ticket's prefix, then the first of `agentRouting.rules` that fits, then the files' majority. */
export function routeAgent(
  ticket: Routed,
  { agentRouting }: Pick<BacklogConfig, 'agentRouting'>,
): RoutedAgent {
  const override = agentRouting.overrides[ticket.prefix]?.agent;
  if (override !== undefined)
    return { agentType: override, why: `agentRouting.overrides.${ticket.prefix}.agent` };
  const index = agentRouting.rules.findIndex(({ pattern }) => ruleFits(ticket, pattern));
  const rule = agentRouting.rules[index];
  if (rule !== undefined)
    return { agentType: rule.agent, why: `agentRouting.rules[${index}] (${rule.label ?? rule.pattern})` };
  return {
    agentType: agentTypeOf(ticket.files),
    why: ticket.files.length === 0 ? 'no affected files' : 'most of the affected files',
  };
}

/** Whether one of the pattern's parts (separated by commas, outside braces) fits: a part with `/` or `.` is a glob for files. */
export function ruleFits(ticket: Routed, pattern: string): boolean {
  return partsOf(pattern).some((part) =>
    /[/.]/.test(part)
      ? ticket.files.some((file) => matchesFile(file, part))
      : [ticket.prefix, ticket.id, ...ticket.tags].some((word) =>
          matchesGlob(word.toUpperCase(), part.toUpperCase()),
        ),
  );
}

/** As in .gitignore, a glob without a slash fits the file's name in any folder. */
function matchesFile(file: string, glob: string): boolean {
  const plain = file.replace(/^\.\//, '');
  return matchesGlob(plain, glob.includes('/') ? glob.replace(/^\//, '') : `**/${glob}`);
}

function partsOf(pattern: string): string[] {
  return pattern
    .split(/,(?![^{]*\})/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
