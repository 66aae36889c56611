import { existsSync, lstatSync, rmSync } from 'node:fs';
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

/** @throws BacklogError `settings-unreadable`, `settings-is-link` (exit 3) */
export function checkSettings(file: string): void {
  if (isLink(file))
    throw new BacklogError({
      code: 'settings-is-link',
      message: `${file} is a symbolic link; writing would put a file in its place`,
      fix: `put the file itself there, or choose the other one with --local or --project`,
      exitCode: ExitCode.ProjectUnusable,
      file,
    });
  parse(file, readTextIfExists(file) ?? '{}');
}

function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch {
    // Nothing there, or no folder for it: writing says what is wrong.
    return false;
  }
}

/**
 * What a settings file is to become; nothing is written yet.
 * @param earlier receipt of an earlier change of ours, which is undone first: the first one knows what stood there before us
 * @throws BacklogError `settings-unreadable` (exit 3)
 */
export function planSettings(
  file: string,
  { env, statusLine }: SettingsChange,
  earlier: SettingsReceipt | undefined,
): SettingsReceipt {
  const before = earlier === undefined ? (readTextIfExists(file) ?? null) : withoutOurs(earlier).text;
  const settings = before === null ? {} : parse(file, before);
  const known = object(settings.env);
  const replaced = Object.fromEntries(
    Object.keys(env).map((name) => [name, typeof known[name] === 'string' ? known[name] : null]),
  );
  settings.env = { ...known, ...env };
  const setsLine = statusLine !== undefined && settings.statusLine === undefined;
  if (setsLine) settings.statusLine = statusLine;
  const after = render(settings, before);
  return { file, before, after, replaced, env, statusLine: setsLine ? statusLine : null };
}

export function writeSettings({ file, after }: SettingsReceipt): void {
  writeFileAtomic(file, after);
}

/** Takes out what {@link planSettings} has put in. A file that nobody has touched since is as it was, byte for byte. */
export function revertSettings(receipt: SettingsReceipt): Reverted['how'] {
  const { how, text } = withoutOurs(receipt);
  if (how === 'gone') return how;
  if (text === null) rmSync(receipt.file, { force: true });
  else writeFileAtomic(receipt.file, text);
  return how;
}

interface Reverted {
  /** `cleaned`: somebody has edited it since, so only our values are taken out. */
  readonly how: 'restored' | 'cleaned' | 'gone';
  /** The file without our values; `null` when there is to be none. */
  readonly text: string | null;
}

function withoutOurs(receipt: SettingsReceipt): Reverted {
  const now = readTextIfExists(receipt.file);
  if (now === undefined) return { how: 'gone', text: null };
  if (now === receipt.after) return { how: 'restored', text: receipt.before };
  const settings = parse(receipt.file, now);
  const env = object(settings.env);
  let changed = false;
  for (const [name, value] of Object.entries(receipt.env)) {
    // Somebody else's value by now: it stays.
    if (env[name] !== value) continue;
    changed = true;
    const earlier = receipt.replaced[name];
    if (earlier === null || earlier === undefined) delete env[name];
    else env[name] = earlier;
  }
  if (Object.keys(env).length > 0) settings.env = env;
  else if (changed) delete settings.env;
  if (
    receipt.statusLine !== null &&
    JSON.stringify(settings.statusLine) === JSON.stringify(receipt.statusLine)
  ) {
    delete settings.statusLine;
    changed = true;
  }
  return { how: 'cleaned', text: changed ? render(settings, now) : now };
}

/** Whether a JSON file of ours is a whole receipt. */
export function isReceipt(value: unknown): value is SettingsReceipt {
  const { file, before, after, replaced, env, statusLine } = object(value);
  return (
    typeof file === 'string' &&
    (typeof before === 'string' || before === null) &&
    typeof after === 'string' &&
    Object.values(object(replaced)).every((text) => typeof text === 'string' || text === null) &&
    typeof env === 'object' &&
    Object.values(object(env)).every((text) => typeof text === 'string') &&
    typeof statusLine === 'object'
  );
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
    const value = envIn(file)[name];
    if (value) return { value, from: file };
  }
  const value = where.env[name];
  return value ? { value, from: 'the environment' } : undefined;
}

/** The variables of a settings file, as far as they are texts; none when it cannot be read. */
export function envIn(file: string): Readonly<Record<string, string>> {
  const env = existsSync(file) ? object(parseQuietly(file).env) : {};
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
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

/** In the indentation, line ends and byte order mark that the file had. */
function render(settings: Json, before: string | null): string {
  const mark = before?.startsWith('\uFEFF') ? '\uFEFF' : '';
  const indent = /^\uFEFF?\s*\{\r?\n([ \t]+)"/.exec(before ?? '')?.[1] ?? '  ';
  const lineEnd = /\r\n/.test(before ?? '') ? '\r\n' : '\n';
  const text = JSON.stringify(settings, null, indent).replaceAll('\n', lineEnd);
  const last = before === null || before.endsWith('\n') ? lineEnd : '';
  return `${mark}${text}${last}`;
}
