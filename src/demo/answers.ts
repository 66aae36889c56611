/** A file as the scripted model writes it. */
export interface WrittenFile {
  readonly path: string;
  readonly content: string;
}

const ticket = {
  type: 'FEAT',
  title: 'Discount on large baskets',
  priority: 'high',
  context: 'Customers who buy a lot pay the full price today. The shop wants to reward large baskets.',
  description:
    'total() takes 10 % off when the basket comes to 5000 cents or more. The result is a whole number of cents, rounded half up.',
  affected_files: [
    { path: 'src/basket.js', action: 'modify', description: 'take the discount off in total()' },
    { path: 'test/discount.test.js', action: 'create', description: 'tests of the discount' },
  ],
  criteria: [
    'A basket of 5000 cents costs 4500',
    'A basket of 4999 cents costs 4999',
    'A discount that leaves half a cent is rounded up',
  ],
  tests: {
    unit: [
      'test: "takes 10 % off from 5000 cents on" → verifies AC-1',
      'test: "leaves 4999 cents alone" → verifies AC-2',
      'test: "rounds half a cent up" → verifies AC-3',
    ],
    integration: ['test: "adds up prices and quantities" → verifies that small baskets cost what they did'],
    verification: ['npm test'],
  },
  test_mode: 'new',
};

const plan = `1. Write test/discount.test.js with a test for each criterion; they fail, as there is no discount yet.
2. In src/basket.js take 10 % off in total() from 5000 cents on, rounded to whole cents.
3. Run the linter and all tests.
`;

const tests: readonly WrittenFile[] = [
  {
    path: 'test/discount.test.js',
    content: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { total } from '../src/basket.js';

test('takes 10 % off from 5000 cents on', () => {
  assert.equal(total([{ price: 2500, quantity: 2 }]), 4500);
});

test('leaves 4999 cents alone', () => {
  assert.equal(total([{ price: 4999, quantity: 1 }]), 4999);
});

test('rounds half a cent up', () => {
  assert.equal(total([{ price: 5005, quantity: 1 }]), 4505);
});
`,
  },
];

const code: readonly WrittenFile[] = [
  {
    path: 'src/basket.js',
    content: `const DISCOUNT_FROM_CENTS = 5000;
const DISCOUNT_PERCENT = 10;

/** The sum of a basket, in cents; large baskets cost 10 % less, rounded to whole cents. */
export function total(items) {
  const sum = items.reduce((subtotal, item) => subtotal + item.price * item.quantity, 0);
  return sum < DISCOUNT_FROM_CENTS ? sum : Math.round((sum * (100 - DISCOUNT_PERCENT)) / 100);
}
`,
  },
];

const verdict = {
  verdict: 'approved',
  findings: [
    {
      severity: 'Suggestion',
      confidence: 60,
      file: 'src/basket.js',
      line: 2,
      message: 'the percentage may become a setting one day',
    },
  ],
};

/** One answer of the scripted provider: which step it is for, the text, and the tokens that it counts. */
interface ScriptedAnswer {
  readonly match: { readonly contains: string };
  readonly text: string;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

const answer = (
  step: string,
  value: unknown,
  input_tokens: number,
  output_tokens: number,
): ScriptedAnswer => ({
  match: { contains: `STEP ${step}` },
  text: typeof value === 'string' ? value : JSON.stringify(value, undefined, 2),
  usage: { input_tokens, output_tokens },
});

/** The script that stands in for the models of the demo; each answer is used by the step that its prompt names. */
export const demoScript = {
  answers: [
    answer('ticket', ticket, 3_120, 640),
    answer('plan', plan, 1_840, 120),
    answer('tests', tests, 2_650, 410),
    answer('code', code, 3_060, 290),
    answer('review', verdict, 2_210, 150),
  ],
} as const;
