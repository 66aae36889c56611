import { plainContextCall } from './cli/plain-context.ts';
import { beforeEvents } from './hooks/before-events.ts';
import { runHook } from './hooks/run.ts';

// What agents and the client start again and again, in one CommonJS file: on Node 20 the loader of ES modules alone costs a
// tenth of a start. Everything else goes through main.ts.

/** Runs the call if it is one of the fast ones. @returns `false` when it is for main.ts; nothing was done then */
export function runFast(argv: readonly string[]): boolean {
  const [first = '', second = ''] = argv;
  if (argv.length === 1 && (first === '--version' || first === '-V')) {
    process.stdout.write(`${__BACKLOG_VERSION__}\n`);
    return true;
  }
  if (argv.length === 1 && first === 'statusline') {
    void import('./cli/commands/statusline.ts').then(async ({ plainStatusline }) => {
      process.exitCode = await plainStatusline();
    });
    return true;
  }
  const run =
    first === 'hook' && argv.length === 2 && Object.hasOwn(beforeEvents, second)
      ? () => runHook(second, beforeEvents)
      : plainContextCall(argv);
  if (run === undefined) return false;
  void run().then((exitCode) => {
    process.exitCode = exitCode;
  });
  return true;
}
