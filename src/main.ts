// The way in for all that fast.ts leaves. Start-up pays for one command only: the hooks never load the command parser.
const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V'))
  process.stdout.write(`${__BACKLOG_VERSION__}\n`);
else {
  // A command that never comes to its end: Node alone would say that all is well.
  process.once('beforeExit', () => {
    process.exitCode ??= 70;
  });
  void exitCodeOf(args).then((exitCode) => {
    process.exitCode = exitCode;
  });
}

async function exitCodeOf([first, second]: readonly string[]): Promise<number> {
  if (first === 'hook' && second !== undefined && args.length === 2 && !/^(?:-|git-)/.test(second)) {
    const [{ runHook }, { allEvents }, { gatewayDoor }] = await Promise.all([
      import('./hooks/run.ts'),
      import('./hooks/events.ts'),
      import('./cli/gateway-door.ts'),
    ]);
    return runHook(second, allEvents, gatewayDoor(process.env));
  }
  if (first === 'ticket') {
    const { plainTicketCall } = await import('./cli/plain-ticket.ts');
    const run = plainTicketCall(args);
    if (run !== undefined) return run();
  }
  const { runProgram } = await import('./cli/program.ts');
  return runProgram(args);
}
