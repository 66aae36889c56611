import path from 'node:path';
import { messageOf } from '../platform/errors.ts';
import { inFolder } from '../platform/files.ts';
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

/**
 * Reads a project's configuration again only when its file has changed. One that becomes invalid while we run changes nothing: the
 * last good one holds, so that a slip of the pen sends no request, and no key, elsewhere.
 */
export class SettingsCache {
  readonly #good = new Map<string, ProjectSettings>();
  readonly #problems = new Map<string, string>();
  readonly #files = new WatchedFiles((file) => this.#read(path.dirname(file)));

  /** @param root folder of the configuration */
  of(root: string): ProjectSettings {
    return this.#files.get(inFolder(root, CONFIG_FILE));
  }

  /** Configurations that cannot be read now; `gateway status` shows them. */
  problems(): readonly ConfigProblem[] {
    return [...this.#problems].map(([root, message]) => ({ root, message }));
  }

  #read(root: string): ProjectSettings {
    const settings = read(root);
    if (settings.problem === undefined) {
      this.#problems.delete(root);
      this.#good.set(root, settings);
      return settings;
    }
    this.#problems.set(root, settings.problem);
    const good = this.#good.get(root);
    return good === undefined ? settings : { ...good, problem: settings.problem };
  }
}

export interface ConfigProblem {
  readonly root: string;
  readonly message: string;
}

function read(root: string): ProjectSettings {
  let paths: ProjectPaths | undefined;
  try {
    paths = findProject(root);
    if (paths === undefined) return { paths, config: undefined, problem: undefined };
    return { paths, config: loadConfig(paths, paths.root).config, problem: undefined };
  } catch (error) {
    return { paths, config: undefined, problem: messageOf(error) };
  }
}
