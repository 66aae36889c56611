import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const PACKAGES = ['pytest==9.2.0', 'ruff==0.17.6'];
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'backlog-toolkit-ci');

/**
 * A virtual environment with pytest and ruff, kept between runs outside the checkout; made once, from the package index.
 * @returns its `bin` folder; `undefined` where there is no Python 3.10 or newer
 */
export function pythonTools(): string | undefined {
  if (!hasPython()) return undefined;
  const folder = path.join(cache, `python-tools-${PACKAGES.join('-').replaceAll('==', '-')}`);
  if (!existsSync(path.join(folder, 'bin/ruff'))) {
    // Under another name until it is whole: a run that is cut off leaves nothing that looks finished.
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(cache, { recursive: true });
    execFileSync('python3', ['-m', 'venv', '--copies', fresh]);
    execFileSync(path.join(fresh, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  }
  return path.join(folder, 'bin');
}

function hasPython(): boolean {
  try {
    const version = execFileSync('python3', ['-c', 'import sys; print(*sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    const [major = 0, minor = 0] = version.trim().split(' ').map(Number);
    return major > 3 || (major === 3 && minor >= 10);
  } catch {
    return false;
  }
}
