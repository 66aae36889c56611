import { closeSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { errnoOf } from '../platform/errors.ts';
import { isInside, openToRead, realPlace } from '../platform/files.ts';
import { parseObject, textIn } from './fields.ts';

/** A session of Claude Code whose transcript is on this machine. */
export interface FoundTranscript {
  readonly session_id: string;
  readonly transcript_path: string;
  /** Where it was started. */
  readonly cwd: string;
}

/** How far to look for a row with the folder: the first rows of a transcript have none. */
const HEAD_BYTES = 256 * 1024;

/**
 * Transcripts of sessions that were started in `root` or below it, by name. Claude Code keeps them in
 * `projects/<folder, every other character a dash>/<session>.jsonl`; names of two folders may be equal, so the rows decide.
 * @param configDir Claude Code's own folder, `~/.claude`
 */
export function transcriptsOf(configDir: string, root: string): FoundTranscript[] {
  const places = [...new Set([root, realPlace(root)])];
  const stems = places.map((place) => place.replaceAll(/[^A-Za-z0-9]/g, '-'));
  const projects = path.join(configDir, 'projects');
  const folders = namesIn(projects).filter((name) =>
    stems.some((stem) => name === stem || name.startsWith(`${stem}-`)),
  );
  return folders.flatMap((folder) =>
    namesIn(path.join(projects, folder))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => {
        const file = path.join(projects, folder, name);
        const cwd = folderOf(file) ?? (stems.includes(folder) ? root : undefined);
        if (cwd === undefined || !places.some((place) => isInside(place, cwd))) return [];
        return [{ session_id: path.basename(name, '.jsonl'), transcript_path: file, cwd }];
      }),
  );
}

/** Claude Code's own folder. */
export function claudeFolder(env: NodeJS.ProcessEnv): string {
  return env.CLAUDE_CONFIG_DIR || path.join(env.HOME || '/', '.claude');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function folderOf(file: string): string | undefined {
  let handle: number | undefined;
  try {
    handle = openToRead(file);
    const bytes = Buffer.alloc(HEAD_BYTES);
    const text = bytes.toString('utf8', 0, readSync(handle, bytes, 0, HEAD_BYTES, 0));
    for (const line of text.split('\n')) {
      const cwd = line.includes('"cwd"') ? textIn(parseObject(line), 'cwd') : null;
      if (cwd !== null) return cwd;
    }
    return undefined;
  } catch {
    // A folder, a pipe, a link to nowhere: one of them keeps no other transcript from being read.
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
