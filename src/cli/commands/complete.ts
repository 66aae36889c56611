import type { CommandFunction } from '../table.ts';

const missing: CommandFunction = async () => {
  throw new Error('this room is being built');
};
export const complete = missing;
