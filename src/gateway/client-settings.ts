import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, messageOf } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';

// Claude Code's settings files, as far as we touch them. What is there stays: other keys, their order, the indentation.

export type SettingsScope = 'local' | 'project';

type Json = Record<string, unknown>;

export function settingsFile(root: string, scope: SettingsScope): string {
  return path.join(root, '.claude', scope === 'local' ? 'settings.local.json' : 'settings.json');
}

/** Environment variables and a status line that a settings file is to have. */
export interface SettingsChange {
  readonly env: Readonly<Record<string, string>>;
  readonly statusLine?: object | undefined;
}

/** What a change has written and what stood there before: `disable` takes exactly that out. */
export interface SettingsReceipt {
  readonly file: string;
  /** The whole file before; `null` when there was none. */
  readonly before: string | null;
  /** The whole file as we left it. */
  readonly after: string;
  /** Values that were replaced, by variable; `null` where there was none. */
  readonly replaced: Readonly<Record<string, string | null>>;
  readonly env: Readonly<Record<string, string>>;
  readonly statusLine: object | null;
}

/** @throws BacklogError `settings-unreadable` (exit 3); then nothing is changed */
export function applySettings(file: string, { env, statusLine }: SettingsChange): SettingsReceipt {
  const before = readTextIfExists(file) ?? null;
  const settings = before === null ? {} : parse(file, before);
  const known = object(settings.env);
  const replaced = Object.fromEntries(
    Object.keys(env).map((name) => [name, typeof known[name] === 'string' ? known[name] : null]),
  );
  settings.env = { ...known, ...env };
  const setsLine = statusLine !== undefined && settings.statusLine === undefined;
  if (setsLine) settings.statusLine = statusLine;
  const after = render(settings, before);
  writeFileAtomic(file, after);
  return { file, before, after, replaced, env, statusLine: setsLine ? statusLine : null };
}

/** Takes out what {@link applySettings} has put in. A file that nobody has touched since is as it was, byte for byte. */
export function revertSettings(receipt: SettingsReceipt): 'restored' | 'cleaned' | 'gone' {
  const now = readTextIfExists(receipt.file);
  if (now === undefined) return 'gone';
  if (now === receipt.after) {
    if (receipt.before === null) rmSync(receipt.file, { force: true });
    else writeFileAtomic(receipt.file, receipt.before);
    return 'restored';
  }
  const settings = parse(receipt.file, now);
  const env = object(settings.env);
  for (const [name, value] of Object.entries(receipt.env)) {
    // Somebody else's value by now: it stays.
    if (env[name] !== value) continue;
    const earlier = receipt.replaced[name];
    if (earlier === null || earlier === undefined) delete env[name];
    else env[name] = earlier;
  }
  if (Object.keys(env).length > 0) settings.env = env;
  else delete settings.env;
  if (
    receipt.statusLine !== null &&
    JSON.stringify(settings.statusLine) === JSON.stringify(receipt.statusLine)
  )
    delete settings.statusLine;
  writeFileAtomic(receipt.file, render(settings, now));
  return 'cleaned';
}

/**
 * The value of a variable as Claude Code would see it in a project: local settings, then the project's, then the user's, then
 * the environment.
 */
export function effectiveEnv(
  name: string,
  where: { readonly root: string; readonly env: NodeJS.ProcessEnv; readonly userHome: string },
): { readonly value: string; readonly from: string } | undefined {
  const files = [
    settingsFile(where.root, 'local'),
    settingsFile(where.root, 'project'),
    path.join(where.userHome, '.claude', 'settings.json'),
  ];
  for (const file of files) {
    const value = existsSync(file) ? object(parseQuietly(file).env)[name] : undefined;
    if (typeof value === 'string' && value !== '') return { value, from: file };
  }
  const value = where.env[name];
  return value ? { value, from: 'the environment' } : undefined;
}

function parseQuietly(file: string): Json {
  try {
    return parse(file, readTextIfExists(file) ?? '{}');
  } catch {
    return {};
  }
}

function parse(file: string, text: string): Json {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, '').trim() || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw new Error('it is no JSON object');
  } catch (error) {
    throw new BacklogError({
      code: 'settings-unreadable',
      message: `${file} cannot be read as Claude Code's settings: ${messageOf(error)}`,
      fix: `mend ${file} (Claude Code cannot read it either), then run the command again`,
      exitCode: ExitCode.ProjectUnusable,
      file,
    });
  }
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** In the indentation that the file had. */
function render(settings: Json, before: string | null): string {
  const indent = /^\{\r?\n([ \t]+)"/.exec(before ?? '')?.[1] ?? '  ';
  const text = JSON.stringify(settings, null, indent);
  return before === null || before.endsWith('\n') ? `${text}\n` : text;
}
