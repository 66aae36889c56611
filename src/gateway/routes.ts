import path from 'node:path';
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

/** The routes; without the file, or with one that is broken, none. */
export function readRoutes(home: string): Routes {
  try {
    const value: unknown = JSON.parse(readTextIfExists(routesFile(home)) ?? 'null');
    return isRoutes(value) ? value : none;
  } catch {
    return none;
  }
}

/** Changes the routes under their lock. */
export async function changeRoutes(home: string, change: (routes: Routes) => Routes): Promise<Routes> {
  return withLock(`${routesFile(home)}.lock`, () => {
    const routes = change(readRoutes(home));
    writeFileAtomic(routesFile(home), `${JSON.stringify(routes, null, 2)}\n`, {
      mode: 0o600,
      dirMode: 0o700,
    });
    return routes;
  });
}

/** Reads the routes again only when their file has changed: it is asked for each request. */
export function watchedRoutes(home: string): () => Routes {
  const watched = new WatchedFiles(() => readRoutes(home));
  return () => watched.get(routesFile(home));
}

function isRoutes(value: unknown): value is Routes {
  if (typeof value !== 'object' || value === null || !('projects' in value)) return false;
  const { projects } = value;
  if (typeof projects !== 'object' || projects === null) return false;
  return Object.values(projects).every(
    (route: unknown) =>
      typeof route === 'object' &&
      route !== null &&
      'root' in route &&
      typeof route.root === 'string' &&
      'upstream' in route &&
      typeof route.upstream === 'string',
  );
}
