// Preloaded into the built program (NODE_OPTIONS=--require): what somebody does to a file (BACKLOG_TEST_FILE, how its path ends) as
// soon as the program has read it once: deletes it, or writes BACKLOG_TEST_TEXT into it.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const { BACKLOG_TEST_FILE: name = '', BACKLOG_TEST_TEXT: text } = process.env;
const { readFileSync, unlinkSync, writeFileSync } = fs;
let isDone = false;
fs.readFileSync = (/** @type {any[]} */ ...args) => {
  const content = Reflect.apply(readFileSync, fs, args);
  if (!isDone && name !== '' && String(args[0]).endsWith(name)) {
    isDone = true;
    if (text === undefined) unlinkSync(String(args[0]));
    else writeFileSync(String(args[0]), text);
  }
  return content;
};
syncBuiltinESMExports();
