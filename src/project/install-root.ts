import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that this program was installed into: templates, agents and skills lie there. Found from the running file
 * upwards, so that it holds for `dist/`, its chunks, and the sources under test.
 */
export function installRoot(from: string = fileURLToPath(import.meta.url)): string {
  for (let folder = path.dirname(from); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'bin', 'backlog'))) return folder;
    if (path.dirname(folder) === folder)
      throw new Error(`no installation of backlog-toolkit around ${from}: bin/backlog is missing`);
  }
}
