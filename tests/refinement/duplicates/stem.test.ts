import { expect, it } from 'vitest';
import { stem } from '../../../src/refinement/duplicates/stem.ts';

it.each([
  'remove removes removed removing removal',
  'send sends sent sending',
  'optimize optimise optimized optimisation optimization',
  'color colour colours colored',
  'deliver delivers delivered delivering delivery',
  'stop stops stopped stopping',
  'resume resumes resumable',
  'consistent consistency consistently',
  'try tries tried trying',
  'index indexes indices indexing',
  'cancel cancelled canceled cancellation',
  'available availability',
])('%s are one word', (forms) => {
  expect(new Set(forms.split(' ').map(stem)).size).toBe(1);
});

it.each([
  'order border',
  'user use',
  'current currency',
  'agent agency',
  'left leave',
  'message mess',
  'header head',
])('%s are two', (words) => {
  expect(new Set(words.split(' ').map(stem)).size).toBe(2);
});
