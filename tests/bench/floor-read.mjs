// The floor of `ticket list`: a Node script that reads the same files and splits off their front matter.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.argv[2] ?? '.';
const lines = [];
for (const name of readdirSync(folder)) {
  if (!name.endsWith('.md')) continue;
  const [, frontMatter = ''] = readFileSync(path.join(folder, name), 'utf8').split('---\n', 2);
  lines.push(`${name} ${/^title: (.*)$/m.exec(frontMatter)?.[1]}`);
}
process.stdout.write(`${lines.join('\n')}\n`);
