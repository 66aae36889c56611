import { describe, expect, it } from 'vitest';
import { type Classified, classify } from '../../src/tickets/classify.ts';

const of = (parts: Partial<Classified>) =>
  classify({ prefix: 'FEAT', tags: [], dependsOn: [], files: [], stated: undefined, ...parts });

describe('classify', () => {
  it.each<[Partial<Classified>, string, string]>([
    [{ stated: 'trivial', tags: ['ARCH'], dependsOn: ['A-1'] }, 'trivial', 'the ticket says so'],
    [{ tags: ['arch'], dependsOn: ['A-1'] }, 'complex', 'tag arch'],
    [{ tags: ['SECURITY'] }, 'complex', 'tag SECURITY'],
    [{ prefix: 'SEC' }, 'complex', 'prefix SEC'],
    [{ dependsOn: ['A-1', 'A-2'] }, 'complex', 'depends on A-1, A-2'],
    [{}, 'trivial', '0 affected files'],
    [{ files: ['a'] }, 'trivial', '1 affected file'],
    [{ files: ['a', 'b', 'c'] }, 'simple', '3 affected files'],
    [{ files: ['a', 'b', 'c', 'd'] }, 'complex', '4 affected files'],
  ])('%j → %s (%s)', (parts, complexity, reason) => {
    expect(of(parts)).toEqual({ complexity, reasons: [reason], warnings: [] });
  });

  it('ignores a complexity that is none, and says so', () => {
    expect(of({ stated: 'huge', files: ['a'] })).toEqual({
      complexity: 'trivial',
      reasons: ['1 affected file'],
      warnings: ['complexity "huge" is none of trivial, simple, complex; ignored'],
    });
  });
});
