import path from 'node:path';
import { messageOf } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import { CONFIG_FILE } from './paths.ts';

export interface ProjectName {
  readonly name: string;
  /** Why the folder's name was taken although there is a configuration. */
  readonly warning?: string;
}

/**
 * The project's name for tags: `project.name` of the configuration in `root`, else the folder's name. Never throws and asks
 * nothing else of the configuration: attribution does not stand in the way of work. Loads no schema.
 */
export function projectName(root: string): ProjectName {
  const fallback = path.basename(path.resolve(root)) || 'project';
  let text: string | undefined;
  try {
    text = readTextIfExists(path.join(root, CONFIG_FILE));
    if (text === undefined) return { name: fallback };
    const config: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    const name = nameIn(config);
    if (name !== undefined) return { name };
    return { name: fallback, warning: `${CONFIG_FILE} has no project.name; taking "${fallback}"` };
  } catch (error) {
    return {
      name: fallback,
      warning: `${CONFIG_FILE} cannot be read (${messageOf(error)}); taking "${fallback}"`,
    };
  }
}

function nameIn(config: unknown): string | undefined {
  if (typeof config !== 'object' || config === null || !('project' in config)) return undefined;
  const { project } = config;
  if (typeof project !== 'object' || project === null || !('name' in project)) return undefined;
  return typeof project.name === 'string' && project.name.trim() !== '' ? project.name : undefined;
}
