import { statSync } from 'node:fs';
import { messageOf } from '../platform/errors.ts';
import { type BacklogConfig, loadConfig } from '../project/config.ts';
import { findProject, type ProjectPaths } from '../project/paths.ts';

/** What the gateway knows of a project. */
export interface ProjectSettings {
  readonly paths: ProjectPaths | undefined;
  /** `undefined` without a configuration, or with one that cannot be read. */
  readonly config: BacklogConfig | undefined;
  /** Why there is none although there is a file: status shows it. */
  readonly problem: string | undefined;
}

/** Reads a project's configuration again only when its file has changed. */
export class SettingsCache {
  readonly #known = new Map<string, { readonly stamp: string; readonly settings: ProjectSettings }>();

  of(root: string): ProjectSettings {
    const paths = findProject(root);
    const stamp = stampOf(paths?.configFile);
    const known = this.#known.get(root);
    if (known?.stamp === stamp) return known.settings;
    const settings = read(paths);
    this.#known.set(root, { stamp, settings });
    return settings;
  }
}

function read(paths: ProjectPaths | undefined): ProjectSettings {
  if (paths === undefined) return { paths, config: undefined, problem: undefined };
  try {
    return { paths, config: loadConfig(paths, paths.root).config, problem: undefined };
  } catch (error) {
    return { paths, config: undefined, problem: messageOf(error) };
  }
}

function stampOf(file: string | undefined): string {
  const stat = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${file} ${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}
