import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { jsonl, record } from '../ledger/support.ts';
import { backlog, pathWithProgram } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const script = '/usr/bin/script';
const noTerminal = spawnSync(script, ['-qec', 'test -t 1', '/dev/null']).status !== 0;

function folder(): string {
  const cwd = tempDir();
  const requests = Array.from({ length: 12_345 }, (_, index) =>
    record({
      id: `r${index}`,
      request_id: `r${index}`,
      ticket_id: 'FEAT-001',
      gate: index % 2 === 0 ? 'plan' : 'review',
      model: 'a-model-with-a-rather-long-name-that-a-provider-has-given-to-it',
      cost_usd: 1.5,
      status: 'success',
      latency_ms: 123_456,
    }),
  );
  writeFiles(cwd, { 'usage.jsonl': jsonl(...requests) });
  return cwd;
}

/** What a person sees whose terminal is so wide. */
function seen(command: string, columns: number, cwd: string): string[] {
  const typed = `stty cols ${columns}; ${command}`;
  const { stdout, status } = spawnSync(script, ['-qec', typed, '/dev/null'], {
    cwd,
    env: { PATH: pathWithProgram, HOME: `${cwd}/home`, NO_COLOR: '1', TERM: 'xterm' },
    encoding: 'utf8',
  });
  expect(status, stdout).toBe(0);
  return stdout.replaceAll('\r', '').trimEnd().split('\n');
}

const commands = [
  'backlog cost report --ledger usage.jsonl',
  'backlog stats --ledger usage.jsonl --group-by model',
];

describe.skipIf(noTerminal)('on a terminal', () => {
  it.each(commands.flatMap((command) => [60, 80, 200].map((columns) => [command, columns] as const)))(
    '%s fits %i columns, 80 at most, and leaves no figure out',
    async (command, columns) => {
      const cwd = folder();
      const lines = seen(command, columns, cwd);
      const width = Math.min(80, columns);
      for (const line of lines.filter((text) => !text.startsWith('next: ')))
        expect(line.length, line).toBeLessThanOrEqual(width);
      const shares = lines.filter((line) => line.includes('█'));
      expect(shares.length > 0, lines.join('\n')).toBe(width >= 70);
      const words = (text: string) => text.split(/\s+/).filter((word) => !/[█▏▎▍▌▋▊▉]|^a-model/.test(word));
      const piped = await backlog(command.split(' ').slice(1), { cwd });
      expect(words(lines.join(' ').trim())).toEqual(words(piped.stdout.trim()));
    },
  );
});

it.each(commands)('%s is plain when piped: whole names, no bars, no colours', async (command) => {
  const cwd = folder();
  const { stdout } = await backlog(command.split(' ').slice(1), { cwd, env: { NO_COLOR: '' } });
  expect(stdout).toContain('a-model-with-a-rather-long-name-that-a-provider-has-given-to-it');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  expect(stdout).not.toMatch(/[█▏▎▍▌▋▊▉…\u001b]/);
});
