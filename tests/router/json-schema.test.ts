import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../src/router/json-schema.ts';

const small = fc.integer({ min: 0, max: 4 });
const names = fc.constantFrom('a', 'b', 'c/~d');
const { value: jsonValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, 1, 2.5, -1, '', 'a', 'ab', '😀', 'abc'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const partial = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(shape, { requiredKeys: [] });
const { schema: anySchema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.boolean(),
    partial({
      type: fc.oneof(
        fc.constantFrom('null', 'boolean', 'object', 'array', 'number', 'string', 'integer'),
        fc.constant(['string', 'null']),
      ),
      minLength: small,
      maxLength: small,
      minItems: small,
      maxItems: small,
      uniqueItems: fc.boolean(),
      minimum: small,
      exclusiveMaximum: small,
      multipleOf: fc.constantFrom(1, 0.5),
      pattern: fc.constantFrom('^a', 'b$', '.'),
      minProperties: small,
      maxProperties: small,
    }),
    partial({ enum: fc.array(jsonValue, { minLength: 1, maxLength: 3 }), const: jsonValue }),
    partial({
      properties: fc.dictionary(names, tie('schema'), { maxKeys: 3, noNullPrototype: true }),
      required: fc.uniqueArray(names),
      additionalProperties: tie('schema'),
      items: tie('schema'),
      $ref: fc.constantFrom('#/$defs/a', '#/$defs/c~1~0d'),
    }),
    partial({
      allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      not: tie('schema'),
    }),
  ),
}));

describe('JSON Schema', () => {
  it('agrees with ajv on every schema of the supported part and every value', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const verdict = (schema: object, value: unknown) => {
      try {
        return ajv.validate(schema, value);
      } catch (error) {
        if (error instanceof ReferenceError) return undefined;
        throw error;
      }
    };
    const $defs = { a: { type: 'string' }, 'c/~d': { type: ['integer', 'array'] } };
    fc.assert(
      fc.property(anySchema, jsonValue, (body, value) => {
        const schema = { $defs, allOf: [body] };
        const expected = verdict(schema, value);
        // ajv 8.20 generates broken code for a few (`items: false` below nested anyOf): nothing to compare with.
        fc.pre(expected !== undefined);
        expect(compileSchema(schema, 's.json').check(value).length === 0).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['format', { properties: { at: { format: 'date' } } }, '#/properties/at: "format" is not supported'],
    ['if', { if: {} }, '#: "if" is not supported'],
    ['a typing mistake', { requird: ['a'] }, '"requird" is not supported'],
    ['patternProperties', { items: { patternProperties: {} } }, '#/items: "patternProperties"'],
    ['a reference to elsewhere', { $ref: 'http://example.com/s.json' }, '"$ref" must point'],
    ['a reference to nothing', { $ref: '#/$defs/none' }, '"$ref" must point'],
    ['an unknown type', { type: 'text' }, '"type" is none of'],
    ['a broken pattern', { pattern: '(' }, '"pattern" is no regular expression'],
    ['no schema at all', [1], 'no schema object'],
  ])('refuses %s loudly', (_name, schema, words) => {
    expect(() => compileSchema(schema, 's.json')).toThrow(words);
  });

  it.each([
    ['a schema that refers to itself without end', { $ref: '#' }, 1],
    ['two that refer to each other', { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#' }] } } }, 1],
  ])('stops at %s', (_name, schema, value) => {
    expect(compileSchema(schema, 's.json').check(value)[0]?.message).toContain('without end');
  });

  it('checks a recursive schema as deep as the value goes', () => {
    const schema = compileSchema(
      { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false },
      's.json',
    );
    expect(schema.check({ next: { next: {} } })).toEqual([]);
    expect(schema.check({ next: { next: 1 } })).toEqual([
      { path: '/next/next', message: 'is number, not object' },
    ]);
  });
});
