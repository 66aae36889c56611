import { createHash } from 'node:crypto';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { ANTHROPIC } from './choose-upstream.ts';
import {
  applySettings,
  effectiveEnv,
  revertSettings,
  type SettingsReceipt,
  type SettingsScope,
  settingsFile,
} from './client-settings.ts';
import { DEFAULT_PORT } from './daemon.ts';
import { isRecordFile, readJson, removeFile, writeJson } from './own-files.ts';
import { changeRoutes, gatewayDir, type ProjectRoute, readRoutes } from './routes.ts';

export interface Enabling {
  readonly home: string;
  /** The user's home folder, where Claude Code keeps its own settings. */
  readonly userHome: string;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the project's configuration. */
  readonly root: string;
  readonly name: string;
  readonly port?: number | undefined;
}

/** Path segment of a project: its name, for people, and a digest of its place, so that no two are the same. */
export function prefixOf(root: string, name: string): string {
  const readable =
    name
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replaceAll(/^[-.]+|-+$/g, '')
      .slice(0, 60) || 'project';
  return `${readable}-${createHash('sha256').update(path.resolve(root)).digest('hex').slice(0, 10)}`;
}

export function baseUrl(port: number, prefix: string): string {
  return `http://127.0.0.1:${port}/p/${prefix}`;
}

/** Makes the project known to the gateway, with the place where its requests went before. */
export async function addRoute(
  enabling: Enabling,
): Promise<{ readonly route: ProjectRoute; readonly port: number }> {
  const { home, root, name } = enabling;
  const prefix = prefixOf(root, name);
  const before = upstreamBefore(enabling);
  const routes = await changeRoutes(home, (known) => ({
    v: 1,
    port: enabling.port ?? known.port ?? DEFAULT_PORT,
    projects: {
      ...Object.fromEntries(Object.entries(known.projects).filter(([, route]) => route.root !== root)),
      [prefix]: { prefix, root, upstream: before ?? knownUpstream(known.projects, root) ?? ANTHROPIC },
    },
  }));
  const route = routes.projects[prefix];
  if (route === undefined) throw new Error(`the route ${prefix} was not written`);
  return { route, port: routes.port ?? DEFAULT_PORT };
}

function knownUpstream(projects: Readonly<Record<string, ProjectRoute>>, root: string): string | undefined {
  return Object.values(projects).find((route) => route.root === root)?.upstream;
}

/** The base URL that is set already, unless it is ours. */
function upstreamBefore({ root, env, userHome }: Enabling): string | undefined {
  const set = effectiveEnv('ANTHROPIC_BASE_URL', { root, env, userHome });
  if (set === undefined || isOurs(set.value)) return undefined;
  if (!URL.canParse(set.value) || !/^https?:$/.test(new URL(set.value).protocol))
    throw new BacklogError({
      code: 'gateway-upstream-invalid',
      message: `ANTHROPIC_BASE_URL is ${JSON.stringify(set.value)} in ${set.from}, which is no http address`,
      fix: `correct it in ${set.from}, then run the command again`,
      exitCode: ExitCode.ProjectUnusable,
    });
  return set.value;
}

function isOurs(url: string): boolean {
  return /^http:\/\/(?:127\.0\.0\.1|localhost):\d+\/p\/[A-Za-z0-9._-]+\/?$/.test(url);
}

const receiptFile = (home: string, prefix: string, scope: SettingsScope): string =>
  path.join(gatewayDir(home), 'receipts', `${prefix}.${scope}.json`);

/** What Claude Code is told so that its requests come to us. */
export function clientEnv(port: number, prefix: string): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: baseUrl(port, prefix),
    // Kind of request, agent type and prompt id on each request; older clients ignore it.
    CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1',
  };
}

export interface Enabled {
  readonly file: string;
  readonly base_url: string;
  readonly upstream: string;
  readonly port: number;
  readonly status_line: 'set' | 'kept' | 'not asked';
}

/** Sends the project's requests through the gateway from now on. Enabling twice is enabling once. */
export async function enable(
  enabling: Enabling & { readonly scope: SettingsScope; readonly statusLine?: object | undefined },
): Promise<Enabled> {
  const { home, root, scope } = enabling;
  const file = settingsFile(root, scope);
  const { route, port } = await addRoute(enabling);
  const known = readReceipt(home, route.prefix, scope);
  // The first receipt knows what stood there before us.
  if (known !== undefined) revertSettings(known);
  const receipt = applySettings(file, {
    env: clientEnv(port, route.prefix),
    statusLine: enabling.statusLine,
  });
  writeJson(receiptFile(home, route.prefix, scope), receipt);
  return {
    file,
    base_url: baseUrl(port, route.prefix),
    upstream: route.upstream,
    port,
    status_line:
      enabling.statusLine === undefined ? 'not asked' : receipt.statusLine === null ? 'kept' : 'set',
  };
}

export interface Disabled {
  readonly file: string;
  readonly how: 'restored' | 'cleaned' | 'gone';
}

/** Takes out exactly what {@link enable} has written, in both settings files. */
export async function disable(home: string, root: string): Promise<Disabled[]> {
  const routes = readRoutes(home);
  const prefixes = Object.values(routes.projects)
    .filter((route) => route.root === root)
    .map((route) => route.prefix);
  const done: Disabled[] = [];
  for (const prefix of prefixes) {
    for (const scope of ['local', 'project'] as const) {
      const receipt = readReceipt(home, prefix, scope);
      if (receipt === undefined) continue;
      done.push({ file: receipt.file, how: revertSettings(receipt) });
      removeFile(receiptFile(home, prefix, scope));
    }
  }
  await changeRoutes(home, (known) => ({
    ...known,
    projects: Object.fromEntries(Object.entries(known.projects).filter(([, route]) => route.root !== root)),
  }));
  return done;
}

/** Whether a settings file of the project names our gateway. */
export function isEnabled(home: string, root: string): boolean {
  return Object.values(readRoutes(home).projects).some(
    (route) =>
      route.root === root &&
      (['local', 'project'] as const).some((scope) => readReceipt(home, route.prefix, scope) !== undefined),
  );
}

function readReceipt(home: string, prefix: string, scope: SettingsScope): SettingsReceipt | undefined {
  const value = readJson(receiptFile(home, prefix, scope));
  return isRecordFile(value, ['file', 'after', 'env']) ? (value as unknown as SettingsReceipt) : undefined;
}
