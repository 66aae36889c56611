import { loadMorePrices } from '../ledger/prices.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Admission } from './admission.ts';
import { Attributor } from './attribute.ts';
import { BudgetDoor } from './budget-door.ts';
import type { GatewayWorld, RecordObserver } from './exchange.ts';
import { Journal, type JournalStatus, type Waiting } from './journal.ts';
import { type ConfigProblem, SettingsCache } from './project-settings.ts';
import { watchedRoutes } from './routes.ts';
import { startServer } from './server.ts';

export interface GatewayOptions {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** 0 for any. */
  readonly port: number;
  readonly host?: string;
  readonly token?: string | undefined;
  readonly clock?: Clock;
  readonly admission?: Admission;
  /** Where requests without a project go; without it to Anthropic. */
  readonly upstream?: string | undefined;
  readonly onRecord?: RecordObserver;
  readonly version: string;
  /** A fault of ours that an exchange died of. */
  readonly onFault?: (message: string) => void;
}

/** What `/health` answers and `gateway status` prints. */
export interface Health {
  readonly service: 'backlog-gateway';
  readonly version: string;
  readonly pid: number;
  /** RFC 3339, UTC. */
  readonly started_at: string;
  readonly requests: number;
  readonly in_flight: number;
  readonly ledger: JournalStatus;
  /** Projects whose configuration cannot be read now. */
  readonly config_problems: readonly ConfigProblem[];
}

export interface Gateway {
  readonly port: number;
  health(): Health;
  /** Ends: no new requests, those in flight may finish for `graceMs`. @returns the records that could not be written */
  close(graceMs?: number): Promise<readonly Waiting[]>;
}

/** Opens a gateway in this process. @throws the system's error when the port cannot be had */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { home, clock = systemClock } = options;
  // A copy: each look at `process.env` asks the system.
  const env = { ...options.env };
  const started = clock().toISOString();
  // Any model may come this way.
  await loadMorePrices();
  const journal = new Journal(home, (file, append) => budgets.appended(file, append));
  const onFault = options.onFault ?? (() => {});
  const budgets = new BudgetDoor({ home, clock, isWaiting: (file) => journal.isWaiting(file), onFault });
  const world: GatewayWorld = {
    home,
    env,
    clock,
    journal,
    attributor: new Attributor(home, env, clock),
    settings: new SettingsCache(),
    admission: options.admission ?? budgets,
    onFault,
    upstream: options.upstream,
    onRecord: options.onRecord,
  };
  const health = (): Health => ({
    service: 'backlog-gateway',
    version: options.version,
    pid: process.pid,
    started_at: started,
    requests: server.requests(),
    in_flight: server.inFlight(),
    ledger: journal.status(),
    config_problems: world.settings.problems(),
  });
  const server = await startServer(world, {
    host: options.host ?? '127.0.0.1',
    port: options.port,
    token: options.token,
    routes: watchedRoutes(home),
    health,
    onFault,
  });
  return {
    port: server.port,
    health,
    close: async (graceMs = 30_000) => {
      await server.close(graceMs);
      const unsaved = journal.close();
      budgets.close();
      return unsaved;
    },
  };
}
