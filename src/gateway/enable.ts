import { existsSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { gatewayPrefix } from '../project/gateway-address.ts';
import { ANTHROPIC } from './choose-upstream.ts';
import {
  checkSettings,
  effectiveEnv,
  envIn,
  planSettings,
  revertSettings,
  type SettingsReceipt,
  type SettingsScope,
  settingsFile,
  writeSettings,
} from './client-settings.ts';
import { DEFAULT_PORT } from './daemon.ts';
import { ignoreLocally, stopIgnoring } from './local-ignore.ts';
import { type Moved, movePort } from './move-port.ts';
import { removeFile, writeJson } from './own-files.ts';
import { baseUrl, digestOf, prefixOf, sharedPrefixOf } from './prefix.ts';
import { allReceipts, receiptFile, receiptsOf } from './receipts.ts';
import { changeRoutes, isUpstreamAddress, type ProjectRoute, type Routes, readRoutes } from './routes.ts';

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

/**
 * Makes the project known to the gateway, with the place where its requests went before.
 * @param shared its path segment in settings that are committed, if that is what it is known by
 * @throws BacklogError `gateway-clone-enabled`, `gateway-upstream-invalid`, `gateway-routes-broken` (exit 3)
 */
export async function addRoute(
  enabling: Enabling,
  shared?: string,
): Promise<{ readonly route: ProjectRoute; readonly port: number }> {
  const { home, root, name } = enabling;
  const own = prefixOf(root, name);
  const prefix = shared ?? own;
  const before = upstreamBefore(enabling);
  const routes = await changeRoutes(home, (known) => {
    refuseOtherClone(known, prefix, root);
    // Local and shared settings of one project have a segment each; those of an earlier name are over.
    const stays = (route: ProjectRoute) =>
      route.root !== root ||
      (shared === undefined ? !route.prefix.endsWith(`-${digestOf(root)}`) : route.prefix === own);
    return {
      v: 1,
      port: enabling.port ?? known.port ?? DEFAULT_PORT,
      projects: {
        ...Object.fromEntries(Object.entries(known.projects).filter(([, route]) => stays(route))),
        [prefix]: { prefix, root, upstream: before ?? knownUpstream(known.projects, enabling) ?? ANTHROPIC },
      },
    };
  });
  const route = routes.projects[prefix];
  if (route === undefined) throw new Error(`the route ${prefix} was not written`);
  return { route, port: routes.port ?? DEFAULT_PORT };
}

/** Shared settings name the same segment in every clone, and it can lead to one of them only. */
function refuseOtherClone({ projects }: Routes, prefix: string, root: string): void {
  const other = Object.hasOwn(projects, prefix) ? projects[prefix]?.root : undefined;
  if (other === undefined || other === root || !existsSync(other)) return;
  throw new BacklogError({
    code: 'gateway-clone-enabled',
    message: `${other}, a clone of the same repository, is enabled in the shared settings already; its costs and ours would be mixed`,
    fix: 'use --local here: local settings win over shared ones',
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** Of the project's route, or of the one that its settings still name after it was moved to another folder. */
function knownUpstream(
  projects: Readonly<Record<string, ProjectRoute>>,
  { root, env, userHome }: Enabling,
): string | undefined {
  const set = effectiveEnv('ANTHROPIC_BASE_URL', { root, env, userHome });
  const prefix = set === undefined ? undefined : gatewayPrefix(set.value);
  const named = prefix !== undefined && Object.hasOwn(projects, prefix) ? projects[prefix] : undefined;
  return (Object.values(projects).find((route) => route.root === root) ?? named)?.upstream;
}

/** The base URL that is set already, unless it is ours. */
function upstreamBefore({ root, env, userHome }: Enabling): string | undefined {
  const set = effectiveEnv('ANTHROPIC_BASE_URL', { root, env, userHome });
  if (set === undefined || gatewayPrefix(set.value) !== undefined) return undefined;
  if (!isUpstreamAddress(set.value))
    throw new BacklogError({
      code: 'gateway-upstream-invalid',
      message: `ANTHROPIC_BASE_URL in ${set.from} is no http address without a key of its own`,
      fix: `correct it in ${set.from}, then run the command again`,
      exitCode: ExitCode.ProjectUnusable,
    });
  return set.value;
}

/** Every variable that we may set for the client. */
const ourVariables = ['ANTHROPIC_BASE_URL', 'ENABLE_TOOL_SEARCH', 'CLAUDE_CODE_GATEWAY_HINT_HEADERS'];

/** What Claude Code is told so that its requests come to us. */
export function clientEnv(
  enabling: Pick<Enabling, 'root' | 'env' | 'userHome'>,
  {
    port,
    route,
    before,
  }: {
    readonly port: number;
    readonly route: ProjectRoute;
    /** What we had set when it was enabled before. */
    readonly before?: Readonly<Record<string, string>> | undefined;
  },
): Record<string, string> {
  // An older client lists every tool of every MCP server in each request behind a base URL of its user's. Where none was set
  // before us, it searched for tools; that stays so, unless the user says otherwise.
  const ours = before?.ENABLE_TOOL_SEARCH !== undefined;
  const searched =
    route.upstream === ANTHROPIC && (ours || effectiveEnv('ENABLE_TOOL_SEARCH', enabling) === undefined);
  return {
    ANTHROPIC_BASE_URL: baseUrl(port, route.prefix),
    ...(searched ? { ENABLE_TOOL_SEARCH: 'true' } : {}),
    // Kind of request, agent type and prompt id on each request; older clients ignore it.
    CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1',
  };
}

export interface Enabled extends Moved {
  readonly file: string;
  readonly base_url: string;
  readonly upstream: string;
  readonly port: number;
  readonly status_line: 'set' | 'kept' | 'not asked';
}

/**
 * Sends the project's requests through the gateway from now on. Enabling twice is enabling once.
 * @param enabling `started` is called before the settings name the gateway: when it throws, nothing is changed
 * @throws BacklogError `settings-unreadable`, `settings-is-link`, `gateway-upstream-invalid`, `gateway-routes-broken` (exit 3),
 * `file-write-failed` (exit 4); then nothing is changed
 */
export async function enable(
  enabling: Enabling & {
    readonly scope: SettingsScope;
    readonly statusLine?: object | undefined;
    readonly started: () => Promise<unknown>;
  },
): Promise<Enabled> {
  const { home, root, name, scope } = enabling;
  const file = settingsFile(root, scope);
  checkSettings(file);
  const earlier = readRoutes(home);
  const shared = scope === 'project' ? await sharedPrefixOf(root, name, enabling.env) : undefined;
  const { route, port } = await addRoute(enabling, shared);
  try {
    await enabling.started();
    const known = receiptsOf(home, root).find((one) => one.scope === scope);
    const receipt = planSettings(
      file,
      {
        env: clientEnv(enabling, { port, route, before: known?.receipt.env }),
        statusLine: enabling.statusLine,
      },
      known?.receipt ?? orphanIn(file, earlier),
    );
    const kept = receiptFile(home, root, name, scope);
    // First what stood there: a crash in between leaves settings that nobody has changed.
    writeJson(kept, receipt);
    try {
      writeSettings(receipt);
      if (scope === 'local') await ignoreLocally(file, enabling.env);
    } catch (error) {
      if (known === undefined) removeFile(kept);
      else writeJson(kept, known.receipt);
      throw error;
    }
    return {
      file,
      base_url: baseUrl(port, route.prefix),
      upstream: route.upstream,
      port,
      status_line:
        enabling.statusLine === undefined ? 'not asked' : receipt.statusLine === null ? 'kept' : 'set',
      ...movePort(home, port, file),
    };
  } catch (error) {
    await restoreRoute(home, root, earlier);
    throw error;
  }
}

/** Puts back what was known of a project; the port is free again when no project had fixed it. */
async function restoreRoute(home: string, root: string, earlier: Routes): Promise<void> {
  await changeRoutes(home, (known) => ({
    v: 1,
    port: earlier.port,
    projects: {
      ...Object.fromEntries(Object.entries(known.projects).filter(([, route]) => route.root !== root)),
      ...Object.fromEntries(Object.entries(earlier.projects).filter(([, route]) => route.root === root)),
    },
  }));
}

/** Our values in a settings file without a receipt: its project was moved here, or the receipt was lost. */
function orphanIn(file: string, { projects }: Routes): SettingsReceipt | undefined {
  const env = envIn(file);
  const url = env.ANTHROPIC_BASE_URL;
  const prefix = url === undefined ? undefined : gatewayPrefix(url);
  if (url === undefined || prefix === undefined) return undefined;
  const known = Object.hasOwn(projects, prefix) ? projects[prefix]?.upstream : undefined;
  const ours = ourVariables.filter((name) => env[name] !== undefined);
  return {
    file,
    before: null,
    // No file is like this, so that only our values are taken out.
    after: '',
    replaced: { ANTHROPIC_BASE_URL: known === undefined || known === ANTHROPIC ? null : known },
    env: Object.fromEntries(ours.map((name) => [name, env[name] ?? ''])),
    statusLine: null,
  };
}

export interface Disabled {
  readonly file: string;
  readonly how: 'restored' | 'cleaned' | 'gone';
}

/** Takes out exactly what {@link enable} has written, in both settings files. */
export async function disable(home: string, root: string): Promise<Disabled[]> {
  const routes = readRoutes(home);
  const done: Disabled[] = [];
  for (const { file, receipt } of receiptsOf(home, root)) {
    done.push({ file: receipt.file, how: revertSettings(receipt) });
    stopIgnoring(receipt.file);
    removeFile(file);
  }
  // A receipt may be lost; an address of ours that stays would cut the project off.
  for (const scope of ['local', 'project'] as const) {
    const orphan = orphanIn(settingsFile(root, scope), routes);
    const prefix = gatewayPrefix(orphan?.env.ANTHROPIC_BASE_URL);
    if (orphan === undefined || prefix === undefined) continue;
    // A shared segment has no digest of this place; a clone whose user has enabled nothing is cut off by it all the same.
    const isOurs = prefix.endsWith(`-${digestOf(root)}`) || routes.projects[prefix]?.root === root;
    if (isOurs || (scope === 'project' && done.length === 0))
      done.push({ file: orphan.file, how: revertSettings(orphan) });
  }
  if (Object.values(routes.projects).some((route) => route.root === root))
    await changeRoutes(home, (known) => ({
      ...known,
      projects: Object.fromEntries(Object.entries(known.projects).filter(([, route]) => route.root !== root)),
    }));
  return done;
}

/** Whether a settings file of the project names our gateway. */
export function isEnabled(home: string, root: string): boolean {
  return receiptsOf(home, root).length > 0;
}

/** Folder of the project that a path segment leads to. */
export function rootOf(home: string, prefix: string): string | undefined {
  const { projects } = readRoutes(home);
  return Object.hasOwn(projects, prefix) ? projects[prefix]?.root : undefined;
}

/** Folders of all projects that were enabled, as far as routes and receipts know them. */
export function enabledRoots(home: string): readonly string[] {
  const ofRoutes = Object.values(readRoutes(home).projects).map((route) => route.root);
  // A settings file is at <root>/.claude/<name>.
  const ofReceipts = allReceipts(home).map(({ receipt }) => path.dirname(path.dirname(receipt.file)));
  return [...new Set([...ofRoutes, ...ofReceipts])];
}
