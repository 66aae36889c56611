import path from 'node:path';
import { messageOf } from '../platform/errors.ts';
import { WatchedFiles } from '../platform/watched.ts';
import { type BacklogConfig, loadConfig } from '../project/config.ts';
import { CONFIG_FILE, findProject, type ProjectPaths } from '../project/paths.ts';

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
  readonly #files = new WatchedFiles((file) => read(findProject(path.dirname(file))));

  /** @param root folder of the configuration */
  of(root: string): ProjectSettings {
    return this.#files.get(path.join(root, CONFIG_FILE));
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
