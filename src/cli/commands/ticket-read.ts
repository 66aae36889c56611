import type { CommandFunction } from '../table.ts';

const missing: CommandFunction = async () => {
  throw new Error('this room is being built');
};
export const list = missing;
export const ready = missing;
export const show = missing;
export const validate = missing;
