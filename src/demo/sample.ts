/** The sample project: a small shop in plain JavaScript, tested by Node's own runner, so that nothing is installed. */
export const sampleFiles: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify(
    {
      name: 'corner-shop',
      version: '1.0.0',
      private: true,
      type: 'module',
      scripts: { test: 'node --test', lint: 'node scripts/lint.js' },
    },
    undefined,
    2,
  )}\n`,
  'README.md': '# Corner shop\n\nAdds up a shopping basket. Prices are in cents.\n',
  'src/basket.js': `/** The sum of a basket, in cents. */
export function total(items) {
  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);
}
`,
  'test/basket.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/basket.js';

test('adds up prices and quantities', () => {
  assert.equal(total([{ price: 250, quantity: 2 }, { price: 99, quantity: 1 }]), 599);
});
`,
  'scripts/lint.js': `// A linter of twenty lines: syntax, no var, no console, no white space at line ends.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

let findings = 0;
function report(file, line, message) {
  findings += 1;
  console.log(\`\${file}:\${line}: \${message}\`);
}

for (const folder of ['src', 'test']) {
  for (const name of readdirSync(folder)) {
    const file = \`\${folder}/\${name}\`;
    const check = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
    if (check.status !== 0) report(file, 1, 'syntax error');
    readFileSync(file, 'utf8').split('\\n').forEach((text, index) => {
      if (/\\bvar\\b/.test(text)) report(file, index + 1, 'use const or let');
      if (/\\bconsole\\./.test(text)) report(file, index + 1, 'no console');
      if (/\\s$/.test(text)) report(file, index + 1, 'white space at the end');
    });
  }
}
process.exit(findings > 0 ? 1 : 0);
`,
};

/** What the user of the sample project asks for. */
export const request = 'Give a discount of 10 % on baskets of 50.00 or more';
