import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  createRouter,
  parseRouterConfig,
  type RouterEvent,
  type RouterOptions,
  type Trace,
} from '../../../src/router/lib/index.ts';
import { tempDir } from '../../support/temp.ts';

export const hello = [{ role: 'user', content: 'Say hello' }] as const;

/** A router over a configuration in memory, with everything that it tells of held in lists; traces go to a temp folder. */
export function bench(llm: object, options: RouterOptions = {}) {
  const events: RouterEvent[] = [];
  const notes: string[] = [];
  const cwd = options.cwd ?? tempDir();
  const config = parseRouterConfig({ llm }, { registry: options.registry });
  const router = createRouter(config, {
    eventSink: {
      emit: (event) => {
        events.push(event);
      },
    },
    onNote: (line) => notes.push(line),
    cwd,
    env: { PATH: process.env.PATH ?? '' },
    ...options,
  });
  return { router, config, events, notes, cwd, traces: () => tracesIn(path.join(cwd, '.backlog-ops')) };
}

/** The trace files below a folder, with their contents, by name. */
export function tracesIn(folder: string): { readonly name: string; readonly trace: Trace }[] {
  const root = path.join(folder, 'traces');
  return readdirSync(root)
    .flatMap((day) => readdirSync(path.join(root, day)).map((name) => path.join(day, name)))
    .sort()
    .map((name) => ({ name, trace: JSON.parse(readFileSync(path.join(root, name), 'utf8')) }));
}

/** A configuration of mocks: role `r` asks the first, then the others. */
export function mocks(...entries: object[]) {
  const names = entries.map((_entry, index) => `m${index + 1}`);
  return {
    default_role: 'r',
    providers: Object.fromEntries(
      entries.map((entry, index) => [names[index] ?? '', { type: 'mock', ...entry }]),
    ),
    roles: { r: { provider: 'm1', model: 'one', fallback_providers: names.slice(1) } },
  };
}
