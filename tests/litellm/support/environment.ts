import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'vitest';
import { messageOf } from '../../../src/platform/errors.ts';
import { withLock } from '../../../src/platform/lock.ts';

/** The version that the tests run and the compose file pins. */
export const LITELLM_VERSION = '1.106.2';

/** Set by `.ci/run`: a machine without LiteLLM fails instead of skipping. */
const required = process.env.BACKLOG_REQUIRE_LITELLM === '1';

/** Making the environment takes a minute and a half, and 740 MB, once. */
export const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** The Python that tests may use: 3.10 or newer. `undefined` where there is none. */
export function findPython(): string | undefined {
  const check = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
  const names = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
  return names.find((name) => spawnSync(name, ['-c', check]).status === 0);
}

/** Skips a test where there is no Python, with the reason in the run's summary; fails it where LiteLLM is required. */
export function needsPython(test: TestContext): void {
  const missing = findPython() === undefined;
  if (missing && required) throw new Error('BACKLOG_REQUIRE_LITELLM=1, and there is no Python 3.10 or newer');
  test.skip(missing, 'no Python 3.10 or newer');
}

/** A folder with `bin/litellm` in it, or why there is none. */
export type LiteLLMEnvironment = { readonly bin: string } | { readonly missing: string };

/**
 * Makes a virtual environment with LiteLLM's proxy, once for this user: it is kept outside the checkout, and whoever comes
 * second waits for the first.
 * @throws Error where `BACKLOG_REQUIRE_LITELLM=1` and it cannot be made
 */
export async function litellmEnvironment(): Promise<LiteLLMEnvironment> {
  const found = await findOrMake();
  if ('missing' in found && required) throw new Error(`BACKLOG_REQUIRE_LITELLM=1, and ${found.missing}`);
  return found;
}

async function findOrMake(): Promise<LiteLLMEnvironment> {
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'backlog-toolkit-ci');
  const folder = path.join(cache, `litellm-${LITELLM_VERSION}`);
  const bin = path.join(folder, 'bin');
  const complete = path.join(folder, 'complete');
  if (existsSync(complete)) return { bin };
  const python = findPython();
  if (python === undefined) return { missing: 'no Python 3.10 or newer' };
  try {
    await withLock(
      `${folder}.lock`,
      async () => {
        if (existsSync(complete)) return;
        // What a broken off run has left.
        rmSync(folder, { recursive: true, force: true });
        await run(python, ['-m', 'venv', folder]);
        const quiet = ['--quiet', '--disable-pip-version-check'];
        await run(path.join(bin, 'pip'), ['install', ...quiet, `litellm[proxy]==${LITELLM_VERSION}`]);
        writeFileSync(complete, `${new Date().toISOString()}\n`);
      },
      { timeoutMs: INSTALL_TIMEOUT_MS },
    );
    return { bin };
  } catch (error) {
    return { missing: `LiteLLM ${LITELLM_VERSION} could not be installed: ${messageOf(error)}` };
  }
}

function run(file: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${path.basename(file)} ended with ${code}: ${stderr.slice(-500)}`)),
    );
  });
}
