// Says one clear line on an old Node, in syntax that old Nodes can read; then starts the program.
var found = process.versions.node.split('.').map(Number);
if (found[0] < 20 || (found[0] === 20 && found[1] < 12)) {
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
import('./main.js');
