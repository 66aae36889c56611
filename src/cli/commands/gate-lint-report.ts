import { lintReport, type ReportedFinding, reportFormats } from '../../gates/lint-report.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { findProject } from '../../project/paths.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog gate lint-report`: a linter's output on stdin as findings; exit 1 unless it is known to be clean. */
export const lintReportCommand: CommandFunction = async (call, io) => {
  const format = call.choice('format', reportFormats);
  if (format === undefined)
    throw usageError('option --format is missing', `add --format ${reportFormats.join('|')}`);
  const exitCode = call.number('exitCode', { min: 0, integer: true });
  if (exitCode === undefined)
    throw usageError(
      'option --exit-code is missing: output alone does not show that a linter ran to its end',
      'add --exit-code <n> with what the linter exited with, such as --exit-code $?',
    );
  const root = findProject(io.cwd)?.root ?? io.cwd;
  const report = lintReport(await io.stdin(), { format, exitCode, root, cwd: io.cwd });
  const { clean, errors, warnings, reason, unread } = report;
  printResult(io, {
    json: { clean, errors, warnings, reason, unread },
    text: [
      ...errors.map((one) => lines('error', one)),
      ...warnings.map((one) => lines('warning', one)),
      clean ? `clean${warnings.length > 0 ? `, ${warnings.length} warnings` : ''}` : `not clean: ${reason}`,
    ].join('\n'),
  });
  return clean ? ExitCode.Ok : ExitCode.CheckFailed;
};

function lines(kind: string, { file, line, column, rule, message, context }: ReportedFinding): string {
  const place = file === '' ? '' : `${file}:${line}:${column}: `;
  const head = `${place}${kind}: ${message}${rule === '' ? '' : ` (${rule})`}`;
  return [head, ...context.map((one) => `    ${one}`)].join('\n');
}
