import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import { WatchedFiles } from '../platform/watched.ts';

/** A project that sends its requests through the gateway. */
export interface ProjectRoute {
  /** `<name>-<hash of the path>`, the path segment behind `/p/`. */
  readonly prefix: string;
  /** Folder of the project's configuration. */
  readonly root: string;
  /** Where its requests went before: what the settings named, else Anthropic. */
  readonly upstream: string;
}

/** `gateway/routes.json` in the home folder: the port that is fixed once a project was enabled, and the projects. */
export interface Routes {
  readonly v: 1;
  /** `null` until a project was enabled. */
  readonly port: number | null;
  readonly projects: Readonly<Record<string, ProjectRoute>>;
}

export const gatewayDir = (home: string): string => path.join(home, 'gateway');
const routesFile = (home: string): string => path.join(gatewayDir(home), 'routes.json');
const none: Routes = { v: 1, port: null, projects: {} };

/** The routes; without the file, or with one that is broken, none. A route that leads nowhere takes no other with it. */
export function readRoutes(home: string): Routes {
  try {
    return routesIn(readTextIfExists(routesFile(home))) ?? none;
  } catch {
    return none;
  }
}

/**
 * Changes the routes under their lock.
 * @throws BacklogError `gateway-routes-broken` (exit 3): the file would take the other projects' routes with it
 */
export async function changeRoutes(home: string, change: (routes: Routes) => Routes): Promise<Routes> {
  const file = routesFile(home);
  return withLock(`${file}.lock`, () => {
    const text = readTextIfExists(file);
    const known = text === undefined ? none : routesIn(text);
    if (known === undefined)
      throw new BacklogError({
        code: 'gateway-routes-broken',
        message: `${file} cannot be read: it is no list of routes`,
        fix: `mend it, or delete it and run \`backlog gateway enable\` in each project again`,
        exitCode: ExitCode.ProjectUnusable,
        file,
      });
    const routes = change(known);
    writeFileAtomic(file, `${JSON.stringify(routes, null, 2)}\n`, { mode: 0o600, dirMode: 0o700 });
    return routes;
  });
}

/** Reads the routes again only when their file has changed: it is asked for each request. */
export function watchedRoutes(home: string): () => Routes {
  const watched = new WatchedFiles(() => readRoutes(home));
  const file = routesFile(home);
  return () => watched.get(file);
}

/** @returns `undefined` when the text is no list of routes */
function routesIn(text: string | undefined): Routes | undefined {
  const value = jsonObject(text);
  const projects = value?.projects;
  if (typeof projects !== 'object' || projects === null || Array.isArray(projects)) return undefined;
  const known: [string, ProjectRoute][] = [];
  for (const [prefix, route] of Object.entries(projects))
    if (isRoute(route) && route.prefix === prefix) known.push([prefix, route]);
  const port = value?.port;
  return {
    v: 1,
    port: typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536 ? port : null,
    projects: Object.fromEntries(known),
  };
}

function jsonObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isRoute(value: unknown): value is ProjectRoute {
  return (
    typeof value === 'object' &&
    value !== null &&
    'prefix' in value &&
    typeof value.prefix === 'string' &&
    'root' in value &&
    typeof value.root === 'string' &&
    'upstream' in value &&
    typeof value.upstream === 'string' &&
    isUpstreamAddress(value.upstream)
  );
}

/** An http address that carries no key of its own: it is shown in `gateway status` and in errors. */
export function isUpstreamAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
