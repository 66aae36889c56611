// The floor of reading a ledger: a chunk, its lines, JSON.parse, one sum.
import { openSync, readSync } from 'node:fs';

const handle = openSync(process.argv[2] ?? '', 'r');
const chunk = Buffer.alloc(1 << 16);
let rest = '';
let sum = 0;
for (let got = readSync(handle, chunk); got > 0; got = readSync(handle, chunk)) {
  const lines = (rest + chunk.toString('utf8', 0, got)).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) sum += JSON.parse(line).cost_usd ?? 0;
}
console.log(sum);
