// Says one clear line on an old Node, in syntax that old Nodes can read; then starts the program.
var found = process.versions.node.split('.').map(Number);
var major = found[0] || 0;
var minor = found[1] || 0;
if (major < 20 || (major === 20 && minor < 12)) {
  process.stderr.write(
    'error: backlog needs Node.js 20.12 or newer, this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ')\n' +
      'fix: install a newer Node.js, or set BACKLOG_NODE to the path of one\n',
  );
  process.exit(4);
}
// What agents and the client start all the time is one CommonJS file; it hands back what it does not know.
var args = process.argv.slice(2);
var fast = /^(hook|context|set-context|clear-context|statusline|--version|-V)$/.test(args[0] || '');
if (!fast || !require([__dirname, 'fast.cjs'].join('/')).runFast(args))
  require([__dirname, 'main.cjs'].join('/'));
