// The floor of a change of many tickets: a Node script that reads what they are made of and writes as many files in the same way:
// beside their places, synced, sixteen at a time; then a link or rename each; then the folder.
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const sync = promisify(fs.fsync);
const [, , folder = '.', source = ''] = process.argv;
fs.mkdirSync(folder, { recursive: true });
const texts = source === '' ? copies() : bodies();
const queue = texts.entries();

await Promise.all(
  Array.from({ length: 16 }, async () => {
    for (const [at, text] of queue) {
      const handle = fs.openSync(path.join(folder, `.${at}.tmp`), 'wx');
      fs.writeSync(handle, text);
      await sync(handle);
      fs.closeSync(handle);
    }
  }),
);
for (const [at] of texts.entries()) {
  const temporary = path.join(folder, `.${at}.tmp`);
  fs.linkSync(temporary, path.join(folder, `new-${at}.md`));
  fs.unlinkSync(temporary);
}
const handle = fs.openSync(folder, 'r');
fs.fsyncSync(handle);
fs.closeSync(handle);

/** @returns {string[]} what an export holds */
function bodies() {
  /** @type {{ tickets: { fields: object, body: string }[] }} */
  const { tickets } = JSON.parse(fs.readFileSync(source, 'utf8'));
  return tickets.map(({ fields, body }) => `---\n${JSON.stringify(fields)}\n---\n${body}`);
}

/** @returns {string[]} the texts of the copies in the folder, which are then gone */
function copies() {
  return fs.readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const text = fs.readFileSync(file, 'utf8');
    if (!name.endsWith('-copy.md')) return [];
    fs.unlinkSync(file);
    return [text];
  });
}
