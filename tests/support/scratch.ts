import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import path from 'node:path';

const MEMORY = '/dev/shm';
const TMPFS = 0x0102_1994; // TMPFS_MAGIC of statfs(2)
/** A whole run takes less than a tenth of it, in bytes. */
const ENOUGH = 6 * 2 ** 30;
const PREFIX = 'backlog-run-';

/**
 * The folder of a run's temporary files, for the runner and, as `TMPDIR`, for all that it starts: in memory where the machine has
 * enough of it. The tests make and remove hundreds of repositories, of which no disk has to be told.
 */
export default function setup(): () => void {
  const parent = isFit(MEMORY) ? MEMORY : tmpdir();
  removeLeftOver(parent);
  const folder = mkdtempSync(path.join(parent, `${PREFIX}${process.pid}-`));
  process.env.TMPDIR = folder;
  // Nothing but 127.0.0.1 is asked, and each Node that a test starts would read all of them before anything else.
  delete process.env.NODE_EXTRA_CA_CERTS;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** In memory, large enough, and a place from which hooks and scripts may be run. */
function isFit(folder: string): boolean {
  let probe: string | undefined;
  try {
    const { type, bavail, bsize } = statfsSync(folder);
    if (type !== TMPFS || bavail * bsize < ENOUGH || freemem() < ENOUGH) return false;
    probe = mkdtempSync(path.join(folder, 'backlog-probe-'));
    writeFileSync(path.join(probe, 'run'), '', { mode: 0o755 });
    accessSync(path.join(probe, 'run'), constants.X_OK);
    return true;
  } catch {
    // Not there, not ours to write, or mounted without the right to run anything.
    return false;
  } finally {
    if (probe !== undefined) rmSync(probe, { recursive: true, force: true });
  }
}

/** A run that was killed could not take its files away, and memory is not given back by the next start of the machine alone. */
function removeLeftOver(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (pid > 0 && !isRunning(pid)) rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
