// The floor of a list that has been read before: a Node script that stats the same files and reads the index as JSON.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const [, , folder = '.', index = ''] = process.argv;
let newest = 0;
for (const name of readdirSync(folder))
  if (name.endsWith('.md')) newest = Math.max(newest, lstatSync(path.join(folder, name)).mtimeMs);
const text = readFileSync(index, 'utf8');
const [pending] = JSON.parse(text.slice(text.indexOf('\n') + 1));
process.stdout.write(`${newest} ${pending.length}\n`);
