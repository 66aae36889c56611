import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunksOf } from '../../src/retrieval/chunks.ts';
import { languageOf } from '../../src/retrieval/languages.ts';
import { declarations, headings } from '../../src/retrieval/symbols.ts';
import { queryTerms, stem, termsOf } from '../../src/retrieval/terms.ts';

const names = (file: string, text: string): string[] => {
  const language = languageOf(file);
  if (language === undefined) throw new Error(`no language for ${file}`);
  return declarations(text.split('\n'), language).map(({ name }) => name);
};

describe('symbols', () => {
  it.each([
    [
      'a.ts',
      'export async function one<T>(x: T) {\n  function inner() {}\n}\nexport const two = () => {\n};\nclass Box {\n  #size = 1;\n  constructor(x: number) {\n    if (x) {\n    }\n  }\n  static async open(name: string) {\n  }\n}\ninterface Shape {}\ntype Both = Shape;',
      ['one', 'two', 'Box', 'Box.constructor', 'Box.open', 'Shape', 'Both'],
    ],
    [
      'a.py',
      'import os\n@cached\ndef one(x):\n    def inner(): pass\nclass Box(Base):\n    """text"""\n    async def open(self):\n        pass\n',
      ['one', 'Box', 'Box.open'],
    ],
    [
      'a.go',
      'package a\ntype Server struct {\n}\nfunc (s *Server) Serve(x int) error {\n}\nfunc New() *Server {\n}',
      ['Server', 'Server.Serve', 'New'],
    ],
    [
      'a.rs',
      'pub struct Box;\nimpl Shape for Box {\n    pub fn open(&self) {}\n}\npub(crate) async fn run() {}\nmod inner;',
      ['Box', 'Shape', 'Shape.open', 'run', 'inner'],
    ],
    [
      'A.java',
      'package a;\npublic final class Box<T> extends Base {\n    private int size;\n    @Override\n    public static <T> List<T> open(String name) {\n        return call(name);\n    }\n}',
      ['Box', 'Box.open'],
    ],
    [
      'A.cs',
      'namespace Shop;\npublic class Box\n{\n    public async Task<int> OpenAsync(string name)\n    {\n    }\n}',
      ['Shop', 'Box', 'Box.OpenAsync'],
    ],
    ['a.kt', 'data class Box(val size: Int)\nfun open(name: String): Box {\n}', ['Box', 'open']],
    [
      'a.php',
      '<?php\nfinal class Box {\n    public function open($name) {\n    }\n}\nfunction run() {}',
      ['Box', 'Box.open', 'run'],
    ],
    [
      'a.rb',
      'module Shop\n  class Box\n    def open(name)\n    end\n  end\nend',
      ['Shop', 'Shop.Box', 'Shop.Box.open'],
    ],
    ['a.swift', 'struct Box {\n    func open(name: String) {\n    }\n}', ['Box', 'Box.open']],
  ])('of %s', (file, text, expected) => {
    expect(names(file, text)).toEqual(expected);
  });

  it('of Markdown are headings with those above them; fenced code has none', () => {
    const text = '# One\ntext\n## Two\n```sh\n# no heading\n```\n### Three\n## Four';
    expect(headings(text.split('\n')).map(({ name }) => name)).toEqual([
      'One',
      'One > Two',
      'One > Two > Three',
      'One > Four',
    ]);
  });
});

describe('chunks', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.constantFrom(
      '',
      '}',
      'export function f() {',
      '  def x(self):',
      '# Heading',
      '```',
      'class A {',
      '  b() {',
    ),
  );
  const file = fc.constantFrom('a.ts', 'a.py', 'a.rs', 'a.java', 'a.md', 'a.rb', 'a.sql', 'Makefile');

  it('hold every line that is not empty, in order, and no line that is not there', () => {
    fc.assert(
      fc.property(file, fc.array(line, { maxLength: 120 }), (name, lines) => {
        const chunks = chunksOf(name, lines, 128);
        const held = new Set<number>();
        chunks.forEach(({ start, end }, place) => {
          expect(start).toBeGreaterThanOrEqual(1);
          expect(end).toBeLessThanOrEqual(lines.length);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(start).toBeGreaterThan(chunks[place - 1]?.start ?? 0);
          for (let one = start; one <= end; one += 1) held.add(one);
        });
        const missing = lines.flatMap((text, at) =>
          text.trim() !== '' && !held.has(at + 1) ? [at + 1] : [],
        );
        expect(missing).toEqual([]);
      }),
    );
  });

  it('begin with the comment above a declaration', () => {
    const lines = [
      'import a;',
      '',
      ...Array(40).fill('run(1); // a long line of code to fill the space of it'),
      '/**',
      ' * Says hello.',
      ' */',
      'export function hello() {',
      '}',
    ];
    expect(chunksOf('a.ts', lines, 128).at(-1)).toMatchObject({ end: lines.length, symbols: ['hello'] });
  });

  it('of a text without a grammar overlap', () => {
    const chunks = chunksOf('a.sql', Array(60).fill('select something from somewhere;'), 128);
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks[1]?.start).toBeLessThanOrEqual(chunks[0]?.end ?? 0);
  });

  it('of hostile lines come at once', () => {
    const lines = Array(2000).fill(`${'public static '.repeat(40)}${'<'.repeat(200)}`);
    expect(chunksOf('A.java', lines, 512).length).toBeGreaterThan(0);
  });
});

describe('terms', () => {
  it.each([
    ['writeFileAtomic', ['writ', 'fil', 'atomic', 'writefileatomic']],
    ['HTTPServer2', ['http', 'serv', '2', 'httpserver2']],
    ['snake_case_name', ['snak', 'cas', 'nam', 'snake_case_name']],
    ['src/ledger/more-prices.ts', ['src', 'ledg', 'mor', 'pric', 'ts']],
    ['日本語', ['日本', '本語']],
    ['x'.repeat(100), []],
  ])('of %s', (text, expected) => {
    expect(termsOf(text).map((term) => term)).toEqual(expected);
  });

  it.each([
    ['refuses', 'refused'],
    ['tickets', 'ticket'],
    ['stopped', 'stop'],
    ['retries', 'retry'],
    ['configuration', 'configurations'],
  ])('of %s and %s are the same', (one, other) => {
    expect(stem(one)).toBe(stem(other));
  });

  it('of a question leave out what every question has', () => {
    expect(queryTerms('Where is the code that does the rotation?')).toEqual(['rot']);
  });
});
