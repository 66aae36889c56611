import { expect, it } from 'vitest';
import { progress, withBars } from '../../src/cli/progress.ts';
import type { Watch } from '../../src/platform/watch.ts';

interface Screen {
  readonly written: string[];
  clock: number;
}

function world({ json = false, terminal = true, TERM = 'xterm' } = {}) {
  const screen: Screen = { written: [], clock: 0 };
  const live = terminal ? (text: string) => void screen.written.push(text) : undefined;
  const start = (total: number) =>
    progress({ json, env: { TERM }, live }, 'reading tickets', total, () => screen.clock);
  return { screen, start };
}

function run(start: ReturnType<typeof world>['start'], screen: Screen, steps: number, msEach: number): void {
  const bar = start(steps);
  for (let step = 0; step < steps; step += 1) {
    screen.clock += msEach;
    bar.advance();
  }
  bar.end();
}

it('draws nothing for work that is done in a moment', () => {
  const { screen, start } = world();
  run(start, screen, 40, 10);
  expect(screen.written).toEqual([]);
});

it('draws a bar for long work, not more often than the eye sees, and takes it away', () => {
  const { screen, start } = world();
  run(start, screen, 2000, 1);
  expect(screen.written[0]).toBe('\r\u001b[2Kreading tickets  [######..................] 25 %  500 of 2,000');
  expect(screen.written.length).toBeLessThan(20);
  expect(screen.written.at(-1)).toBe('\r\u001b[2K');
});

it('counts where nobody knows how much there is', () => {
  const { screen, start } = world();
  const bar = start(0);
  screen.clock = 1000;
  bar.advance(7);
  expect(screen.written).toEqual(['\r\u001b[2Kreading tickets  7']);
});

it.each([
  ['with --json', { json: true }],
  ['into a pipe', { terminal: false }],
  ['on a terminal that cannot take a line back', { TERM: 'dumb' }],
])('draws nothing %s', (_name, where) => {
  const { screen, start } = world(where);
  run(start, screen, 100, 100);
  expect(screen.written).toEqual([]);
});

it('draws a bar for each part of the work that takes long, one after the other', async () => {
  const { screen } = world();
  const live = (text: string) => void screen.written.push(text);
  const io = { json: false, env: { TERM: 'xterm' }, live, signal: new AbortController().signal };
  const part = (label: string, ms: number) => (watch: Watch | undefined) => {
    watch?.begin(label, 2);
    screen.clock += ms;
    watch?.advance();
  };
  const work = withBars(
    io,
    async ({ watch }) => {
      part('reading', 600)(watch);
      part('comparing', 10)(watch);
      part('writing', 600)(watch);
      throw new Error('no space');
    },
    () => screen.clock,
  );
  await expect(work).rejects.toThrow('no space');
  const bar = '  [############............] 50 %  1 of 2';
  const away = '\r\u001b[2K';
  expect(screen.written).toEqual([`${away}reading${bar}`, away, `${away}writing${bar}`, away]);
});
