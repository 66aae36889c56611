// The way in for all that fast.ts leaves. Start-up pays for one command only: the hooks never load the command parser.
const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(`${__BACKLOG_VERSION__}\n`);
} else if (args[0] === 'hook' && args.length === 2 && !/^(?:-|git-)/.test(args[1] ?? '')) {
  const [{ runHook }, { allEvents }, { gatewayDoor }] = await Promise.all([
    import('./hooks/run.ts'),
    import('./hooks/events.ts'),
    import('./cli/gateway-door.ts'),
  ]);
  process.exitCode = await runHook(args[1] ?? '', allEvents, gatewayDoor(process.env));
} else {
  const { runProgram } = await import('./cli/program.ts');
  process.exitCode = await runProgram(args);
}
