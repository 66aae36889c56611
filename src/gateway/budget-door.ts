import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate as otherWork } from 'node:timers/promises';
import { anyStopped, type BudgetPlace, judgeAll, placesOf } from '../ledger/check.ts';
import { estimateOf } from '../ledger/estimate.ts';
import type { OwnAppend } from '../ledger/own-lines.ts';
import { type Raises, raisesFile, readRaises } from '../ledger/raises.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { RunningSums } from '../ledger/sums.ts';
import { usedOf } from '../ledger/used.ts';
import { type Amounts, stopFor, stopText, type Used, type Verdict } from '../ledger/verdict.ts';
import { type Clock, isoOf } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import { currentTurn } from '../platform/turn.ts';
import { WatchedFiles } from '../platform/watched.ts';
import { type BudgetLimit, type BudgetName, budgetLimits, projectLimits } from '../project/budgets.ts';
import type { Admission, Applicant, Pass, Refusal } from './admission.ts';
import type { ProjectSettings } from './project-settings.ts';

/** Bytes of a ledger that are read before other requests get their turn. */
const PORTION_BYTES = 1024 * 1024;
/** How long a request waits at most for those in flight whose estimates leave no room, in ms. */
const MOST_WAIT_MS = 120_000;
/** How often one that waits is judged again, in ms, when none in flight ends. */
const LOOK_MS = 1000;
/** How long new sums wait for their checkpoint, in ms. */
const SAVE_MS = 10_000;

const nothing: Amounts = { usd: 0, tokens: 0 };
const free: Pass = { settle: () => {} };

export interface BudgetDoorOptions {
  readonly home: string;
  readonly clock: Clock;
  /** Whether records of a ledger wait to be written: its sums do not have them yet. */
  readonly isWaiting: (ledger: string) => boolean;
  /** A ledger that cannot be read, or sums that cannot be kept. */
  readonly onFault: (message: string) => void;
  /** Longest wait for requests in flight, in ms; two minutes when left out. */
  readonly mostWaitMs?: number;
}

/**
 * Refuses requests whose budget is spent. What counts is the ledger as it is on disk, whoever wrote it, and an estimate for
 * each request in flight; a request's own estimate does not count against itself. What is only taken by estimates is waited
 * for: nothing is refused at once while a budget has something left.
 */
export class BudgetDoor implements Admission {
  readonly #options: BudgetDoorOptions;
  readonly #accounts = new Map<string, Account>();
  readonly #limits = new LimitsOf();
  readonly #raises = new WatchedFiles((file) => readRaises(path.dirname(file)));
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BudgetDoorOptions) {
    this.#options = options;
  }

  async admit(applicant: Applicant): Promise<Pass | Refusal> {
    const { settings, ledger, isGone } = applicant;
    const limits = this.#limits.of(settings);
    if (limits.length === 0) return free;
    const account = this.#account(ledger);
    if (!isCaughtUp(account)) await catchUp(account);
    const until = performance.now() + (this.#options.mostWaitMs ?? MOST_WAIT_MS);
    for (;;) {
      const judged = this.#judge(applicant, limits, account);
      if ('settle' in judged) return judged;
      const left = until - performance.now();
      if (judged.isSpent || left <= 0 || isGone()) return { message: stopText(judged.stop) };
      // A raise, and what other processes write, wakes nobody.
      await account.change(Math.min(left, LOOK_MS));
    }
  }

  /** Judges and holds in one go, so that of requests that come together each sees those before it. */
  #judge(
    { facts, attribution, settings, ledger, sessionId, provider }: Applicant,
    limits: readonly BudgetLimit[],
    account: Account,
  ):
    | Pass
    | { readonly stop: Verdict /** Not only taken by estimates of others. */; readonly isSpent: boolean } {
    const { clock, isWaiting } = this.#options;
    const now = clock();
    const { ticket_id: ticketId = null, gate = null } = attribution.context ?? {};
    const places = placesOf({ sessionId, ticketId, gate }, now);
    if (this.#refresh(account, ledger) && !isWaiting(ledger)) account.unwritten.clear();
    const raises = this.#raisesOf(settings.paths?.opsDir);
    const usedWith = (inFlight: (place: BudgetPlace) => Amounts) => (place: BudgetPlace) =>
      usedOf(
        account.sums.spent({ kind: place.budget, id: place.id }, now),
        account.unwritten.of(place),
        inFlight(place),
      );
    const withOthers = usedWith((place) => account.inFlight.of(place));
    if (anyStopped(limits, raises, places, withOthers)) {
      const stopWith = (used: (place: BudgetPlace) => Used) =>
        stopFor(judgeAll(limits, raises, places, used), Boolean(ticketId));
      const spent = stopWith(usedWith(() => nothing));
      const stop = spent ?? stopWith(withOthers);
      if (stop !== undefined) return { stop, isSpent: spent !== undefined };
    }
    const overrides = settings.config?.llmOps.prices;
    const estimate = estimateOf({ ...facts, provider, at: isoOf(now), overrides });
    account.inFlight.add(places, estimate);
    let over = false;
    return {
      settle: (record) => {
        if (over) return;
        over = true;
        account.inFlight.remove(places, estimate);
        account.becomeStale();
        // Its line is not in the ledger yet; what it cost counts all the same.
        if (record !== undefined && isWaiting(ledger))
          account.unwritten.add(places, amountsOf(record, estimate));
        account.changed();
      },
    };
  }

  /** Says what was just written to a ledger: its own lines need not be read again to be counted. */
  appended(ledger: string, append: OwnAppend): void {
    this.#accounts.get(ledger)?.sums.appended(append);
  }

  /** Keeps the sums for the next start, and holds no file open. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { sums } of this.#accounts.values()) {
      try {
        sums.save();
      } catch (error) {
        // The next start reads the lines once more.
        this.#options.onFault(messageOf(error));
      } finally {
        sums.close();
      }
    }
  }

  /** A ledger that cannot be read stops no work; it is said, and what is in flight still counts. */
  #refresh(account: Account, ledger: string): boolean {
    try {
      account.refresh();
      this.#timer ??= setTimeout(() => this.close(), SAVE_MS).unref();
      return true;
    } catch (error) {
      this.#options.onFault(`budgets cannot be checked, ${ledger}: ${messageOf(error)}`);
      return false;
    }
  }

  #raisesOf(opsDir: string | undefined): Raises {
    return opsDir === undefined ? readRaises(opsDir) : this.#raises.get(raisesFile(opsDir));
  }

  #account(ledger: string): Account {
    let account = this.#accounts.get(ledger);
    if (account === undefined) {
      account = new Account(RunningSums.open(ledger, this.#options.home, { keepsOpen: true }));
      this.#accounts.set(ledger, account);
    }
    return account;
  }
}

/** What the gateway knows of one ledger. */
class Account {
  readonly sums: RunningSums;
  readonly inFlight = new Held();
  readonly unwritten = new Held();
  readonly #waiting = new Set<() => void>();
  /** The turn in which the sums were brought up to the ledger. */
  #freshIn: number | undefined;

  constructor(sums: RunningSums) {
    this.sums = sums;
  }

  /** Folds what the ledger has more, once in a turn. @returns whether nothing is left to read */
  refresh(maxBytes?: number): boolean {
    const turn = currentTurn();
    if (this.#freshIn === turn) return true;
    const isWhole = this.sums.refresh(maxBytes);
    if (isWhole) this.#freshIn = turn;
    return isWhole;
  }

  /** The ledger has more lines in this turn too: those of requests that are not in flight any more. */
  becomeStale(): void {
    this.#freshIn = undefined;
  }

  /** Resolves when a request is over, at the latest after `ms`. */
  change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiting.add(done);
    });
  }

  changed(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** Reads a long ledger in portions, so that other requests get their turn. */
async function catchUp(account: Account): Promise<void> {
  do await otherWork();
  while (!isCaughtUp(account));
}

/** Reads a portion of what the ledger has more. @returns whether nothing is left to read */
function isCaughtUp(account: Account): boolean {
  try {
    return account.refresh(PORTION_BYTES);
  } catch {
    // The judgement meets it again, and says so.
    return true;
  }
}

/** Amounts by budget. */
class Held {
  readonly #amounts: Readonly<Record<BudgetName, Map<string, HeldAmounts>>> = {
    day: new Map(),
    month: new Map(),
    session: new Map(),
    ticket: new Map(),
    gate: new Map(),
  };

  of({ budget, id }: BudgetPlace): Amounts {
    return this.#amounts[budget].get(id) ?? nothing;
  }

  add(places: readonly BudgetPlace[], { usd, tokens }: Amounts): void {
    for (const { budget, id } of places) {
      const held = this.#amounts[budget].get(id);
      if (held === undefined) this.#amounts[budget].set(id, { usd, tokens, requests: 1 });
      else change(held, usd, tokens, 1);
    }
  }

  remove(places: readonly BudgetPlace[], { usd, tokens }: Amounts): void {
    for (const { budget, id } of places) {
      const held = this.#amounts[budget].get(id);
      // The last one takes the noise of binary fractions with it.
      if (held === undefined || held.requests <= 1) this.#amounts[budget].delete(id);
      else change(held, -usd, -tokens, -1);
    }
  }

  clear(): void {
    for (const amounts of Object.values(this.#amounts)) if (amounts.size > 0) amounts.clear();
  }
}

interface HeldAmounts {
  usd: number;
  tokens: number;
  requests: number;
}

function change(held: HeldAmounts, usd: number, tokens: number, requests: number): void {
  held.usd = Math.max(0, held.usd + usd);
  held.tokens += tokens;
  held.requests += requests;
}

function amountsOf(record: LedgerRecord, estimate: Amounts): Amounts {
  const tokens =
    record.input_tokens +
    record.output_tokens +
    record.cache_read_tokens +
    record.cache_write_5m_tokens +
    record.cache_write_1h_tokens;
  return { usd: record.cost_usd ?? (tokens > 0 ? estimate.usd : 0), tokens };
}

/** The limits of a project. A configuration that cannot be read whole is read for its budgets, else the last known ones hold. */
class LimitsOf {
  readonly #known = new WeakMap<ProjectSettings, readonly BudgetLimit[]>();
  readonly #last = new Map<string, readonly BudgetLimit[]>();

  of(settings: ProjectSettings): readonly BudgetLimit[] {
    let limits = this.#known.get(settings);
    if (limits === undefined) {
      limits = this.#read(settings);
      this.#known.set(settings, limits);
    }
    return limits;
  }

  #read({ config, paths }: ProjectSettings): readonly BudgetLimit[] {
    if (paths === undefined) return [];
    let limits: readonly BudgetLimit[];
    try {
      limits = config === undefined ? projectLimits(paths) : budgetLimits(config.llmOps);
    } catch {
      // Half-written: `status` names the problem, the budgets stay.
      return this.#last.get(paths.mainRoot) ?? [];
    }
    this.#last.set(paths.mainRoot, limits);
    return limits;
  }
}
