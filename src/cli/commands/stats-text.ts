import type { UsageGroup, UsageStats } from '../../ledger/usage-stats.ts';
import { bar, count, padded, percent, plain, tableRoom, tokens, usd, wrapped } from './figures.ts';

/** @param width most characters of a line; without it names are printed whole, and no bars */
export function statsText(stats: UsageStats, width: number | undefined): string {
  const { scope, period, summary, groups } = stats;
  const whose = scope.id === null ? scope.type : `${scope.type} ${plain(scope.id)}`;
  const { latency_ms: latency } = summary;
  const when =
    period.from === null ? '' : `, ${period.from.slice(0, 10)} to ${period.to?.slice(0, 10) ?? ''}`;
  const lines = [
    `${whose}: ${count(summary.requests, 'request')}, ${usd(summary.cost_usd)}${when}`,
    `${summary.success} succeeded, ${summary.failed} failed, ${summary.cancelled} cancelled, ${summary.blocked} blocked`,
    `tokens: ${tokens(summary.input_tokens)} in, ${tokens(summary.output_tokens)} out, ${tokens(summary.cache_read_tokens)} from cache, ${tokens(summary.cache_write_tokens)} to cache`,
    `cache hit rate ${percent(summary.cache_hit_rate)}, attributed to a ticket ${percent(summary.attributed_share)}`,
    latency.average === null
      ? 'latency: not measured'
      : `latency: ${latency.average} ms on average, p50 ${latency.p50}, p90 ${latency.p90}, p95 ${latency.p95}, p99 ${latency.p99} (${count(latency.measured, 'request')})`,
  ];
  if (summary.unpriced > 0)
    lines.push(`not in the cost: ${count(summary.unpriced, 'request')} without a known price`);
  if (groups.length > 0) lines.push('', ...table(stats.group_by ?? '', groups, width));
  return lines.flatMap((line) => wrapped(line, width)).join('\n');
}

const FIGURES = 9 + 8 + 9 + 11;
const BAR = 12;

function table(title: string, groups: readonly UsageGroup[], width: number | undefined): string[] {
  const names = groups.map(({ name }) => plain(name ?? `no ${title}`));
  const { room, bar: bars } = tableRoom([title, ...names], width, { figures: FIGURES, bars: BAR });
  const most = Math.max(...groups.map(({ cost_usd }) => cost_usd));
  const line = (name: string, cells: readonly [string, string, string, string], tail: string) =>
    `${padded(name, room)}${cells[0].padStart(9)}${cells[1].padStart(8)}${cells[2].padStart(9)}${cells[3].padStart(11)}${tail}`.trimEnd();
  return [
    line(title, ['requests', 'failed', 'tokens', 'USD'], ''),
    ...groups.map((group, index) =>
      line(
        names[index] ?? '',
        [
          String(group.requests),
          String(group.failed),
          tokens(group.tokens),
          `${group.cost_usd.toFixed(4)}${group.unpriced > 0 ? '+?' : ''}`,
        ],
        bars === 0 || most === 0 ? '' : `  ${bar(group.cost_usd / most, bars)}`,
      ),
    ),
  ];
}
