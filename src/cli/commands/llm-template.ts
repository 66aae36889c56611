import { ExitCode } from '../../platform/errors.ts';
import { configTemplate } from '../../router/lib/template.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `llm template`: a first configuration of the library, each key explained. */
export const template: CommandFunction = async (_call, io) => {
  printResult(io, { json: { template: configTemplate }, text: configTemplate });
  return ExitCode.Ok;
};
