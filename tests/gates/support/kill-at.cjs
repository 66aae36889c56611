// Preloaded into the built program (NODE_OPTIONS=--require): it dies, as by `kill -9`, at its n-th call that changes the disk
// (BACKLOG_TEST_KILL_AT), in the middle of the bytes when that call is a write. With BACKLOG_TEST_SIGNAL that signal is sent to it
// there instead, and it goes on. How many such calls a whole run makes is written to BACKLOG_TEST_CALLS_FILE.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const killAt = Number(process.env.BACKLOG_TEST_KILL_AT);
const signal = process.env.BACKLOG_TEST_SIGNAL;
const changing = [
  'openSync',
  'fchmodSync',
  'writeSync',
  'writeFileSync',
  'fsyncSync',
  'fsync',
  'closeSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'rmSync',
  'mkdirSync',
];
let calls = 0;
const { writeFileSync, writeSync } = fs;
const callsFile = process.env.BACKLOG_TEST_CALLS_FILE;
if (callsFile) process.on('exit', () => writeFileSync(callsFile, String(calls)));
for (const name of changing) {
  const real = Reflect.get(fs, name);
  const counted = (/** @type {unknown[]} */ ...args) => {
    // What is said changes no disk.
    if (name === 'writeSync' && (args[0] === 1 || args[0] === 2)) return Reflect.apply(real, fs, args);
    calls += 1;
    if (calls === killAt && signal) process.kill(process.pid, signal);
    else if (calls === killAt) {
      const [handle, bytes] = args;
      if (name === 'writeSync' && typeof handle === 'number' && bytes instanceof Uint8Array)
        writeSync(handle, bytes.subarray(0, Math.floor(bytes.length / 2)));
      process.kill(process.pid, 'SIGKILL');
      // The signal may take a moment; nothing more may be written in it.
      for (;;);
    }
    return Reflect.apply(real, fs, args);
  };
  Reflect.set(fs, name, counted);
}
syncBuiltinESMExports();
