import type { DemoResult } from './run.ts';

/** The last screen: what each gate rests on, what was spent, what to type next. All of it from the program's documents. */
export function lastScreen(result: DemoResult): string {
  return [
    '',
    `${result.ticketId} is completed. What each gate rests on:`,
    '',
    result.gateTable.trimEnd(),
    '',
    'Requests and cost, from the usage ledger (the answers were scripted, the prices are made up for the demo):',
    '',
    result.costTable.trimEnd(),
    '',
    result.keptAt === undefined
      ? 'To keep the sample project:  backlog demo --dir corner-shop'
      : `The sample project is in ${result.keptAt}`,
    'Next, in your own project:   backlog init',
    '',
  ].join('\n');
}
