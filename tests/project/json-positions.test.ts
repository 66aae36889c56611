import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonSyntaxError, parseJsonWithPositions } from '../../src/project/json-positions.ts';

const json = fc.jsonValue({ maxDepth: 6 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(json, fc.constantFrom(0, 1, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(parseJsonWithPositions(text).value).toEqual(JSON.parse(text));
    }),
  );
});

it('accepts what JSON.parse accepts and nothing else', () => {
  const scraps = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b',
      '1',
      '-',
      '01',
      '1e5',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
    ),
    { maxLength: 12 },
  );
  const broken = fc
    .tuple(json, fc.nat(), fc.constantFrom('', ',', '"', '}', '\u0001', '\u00a0'))
    .map(([value, at, scrap]) => {
      const text = JSON.stringify(value, null, 1);
      const cut = at % (text.length + 1);
      return text.slice(0, cut) + scrap + text.slice(cut + 1);
    });
  fc.assert(
    fc.property(
      fc.oneof(
        scraps.map((parts) => parts.join('')),
        broken,
      ),
      (text) => {
        expect(
          accepts(() => parseJsonWithPositions(text)),
          text,
        ).toBe(accepts(() => JSON.parse(text)));
      },
    ),
    { numRuns: 2000 },
  );
});

it('knows the line of every value and key', () => {
  const text = '{\n  "a": 1,\r\n  "b": [\n    {"c":\n      2},\n    "x\\ny"\n  ]\n}\n';
  const document = parseJsonWithPositions(text);
  expect(document.lineOf(['a'])).toBe(2);
  expect(document.lineOf(['b'])).toBe(3);
  expect(document.lineOf(['b', 0, 'c'])).toBe(5);
  expect(document.lineOfKey(['b', 0], 'c')).toBe(4);
  expect(document.lineOf(['b', 1])).toBe(6);
  expect(document.lineOf(['b', 0, 'missing', 'deeper'])).toBe(4);
});

it('reports a repeated key with both lines', () => {
  const { problems } = parseJsonWithPositions('{"a": {\n"b": 1,\n"b": 2}}');
  expect(problems).toEqual([{ path: ['a', 'b'], line: 3, message: 'is given twice, first on line 2' }]);
});

it('never sets a prototype', () => {
  const { value, problems } = parseJsonWithPositions(
    '{"__proto__": {"polluted": 1}, "a": {"\\u005f_proto__": 2}}',
  );
  expect(problems.map(({ path }) => path)).toEqual([['__proto__'], ['a', '__proto__']]);
  expect(JSON.stringify(value)).toBe('{"a":{}}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

it.each([
  ['', 1, 'the file is empty'],
  ['{\n"a": 1,\n}', 3, 'a comma before }, which JSON does not allow'],
  [
    '{\n// note\n"a": 1}',
    2,
    'a comment, which JSON does not have, where a key in double quotes or } is expected',
  ],
  ["{'a': 1}", 1, '"\'" where a key in double quotes or } is expected'],
  ['{"a" 1}', 1, '"1" where : is expected after a key'],
  ['{"a": 1\n"b": 2}', 2, '"\\"" where , or } is expected'],
  ['{"a": tru}', 1, '"tru" where a value is expected'],
  ['{"a": "b\n"}', 1, 'a string without its closing quote'],
  [
    '{"a": "C:\\path"}',
    1,
    'a string with a control character or an unknown escape (a backslash is written \\\\)',
  ],
  ['{"a": 1', 1, 'the file ends where , or } is expected'],
  ['{} x', 1, '"x" after the end of the document'],
])('says what is wrong with %j', (text, line, message) => {
  expect(() => parseJsonWithPositions(text)).toThrow(expect.objectContaining({ line, message }));
});

it('stops at a depth that no configuration has', () => {
  expect(() => parseJsonWithPositions('['.repeat(500_000))).toThrow('nested deeper than 64 levels');
});

function accepts(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error instanceof JsonSyntaxError || error instanceof SyntaxError) return false;
    throw error;
  }
}
