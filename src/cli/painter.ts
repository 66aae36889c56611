import { styleText } from 'node:util';

export type Paint = (colour: 'red' | 'yellow' | 'green' | 'cyan' | 'dim', text: string) => string;

/** Colours words where the output takes colours, and leaves them alone elsewhere. */
export function painter({ color }: { readonly color: boolean }): Paint {
  return color ? styleText : (_colour, text) => text;
}
