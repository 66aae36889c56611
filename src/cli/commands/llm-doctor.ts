import path from 'node:path';
import { BacklogError, ExitCode, usageError } from '../../platform/errors.ts';
import { loadConfig } from '../../project/config.ts';
import { findProject } from '../../project/paths.ts';
import { diagnose } from '../../router/doctor/diagnose.ts';
import { type Finding, failed, ok, warning } from '../../router/doctor/finding.ts';
import { diagnoseConfig } from '../../router/doctor/library.ts';
import { defaultSettings, type RouterSettings } from '../../router/settings.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { painter } from '../painter.ts';
import { runnable } from '../program-name.ts';
import type { CommandFunction } from '../table.ts';
import { gatewayFindings, hookFindings } from './llm-doctor-wiring.ts';

/** `llm doctor`: exit 0 (warnings allowed), 1 when something is wrong here, 4 when only what does not answer is. */
export const doctor: CommandFunction = async (call, io) => {
  const [config, role] = [call.text('config'), call.text('role')];
  if (role !== undefined && config === undefined)
    throw usageError('--role belongs to --config', 'add --config <file>, or leave --role out');
  const findings =
    config === undefined
      ? await ofProject(call, io)
      : await diagnoseConfig(
          { file: path.relative(process.cwd(), path.resolve(io.cwd, config)) || config, role },
          worldOf(io, defaultSettings),
        );
  // Whoever was cut off in the middle would look silent.
  if (io.signal.aborted)
    throw new BacklogError({
      code: 'llm-cancelled',
      message: 'cancelled',
      fix: 'run it again when you want the answer',
      exitCode: ExitCode.Interrupted,
    });
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  printResult(io, {
    json: { healthy: errors.length === 0, errors: errors.length, warnings: warnings.length, findings },
    text: textOf(findings, errors.length, warnings.length, io),
  });
  if (errors.length === 0) return ExitCode.Ok;
  return errors.every(({ outside }) => outside) ? ExitCode.Outside : ExitCode.CheckFailed;
};

async function ofProject(call: Invocation, io: Io): Promise<Finding[]> {
  const { findings, settings } = settingsOf(io);
  const seconds = call.number('logSeconds', { min: 0, max: 600 });
  return [
    ...findings,
    ...(await diagnose({
      ...worldOf(io, settings),
      signal: io.signal,
      probeModel: call.text('probeModel') ?? 'free',
      logMs: seconds === undefined ? undefined : seconds * 1000,
    })),
    ...(await gatewayFindings(io)),
    ...hookFindings(io),
  ];
}

function worldOf(io: Io, settings: RouterSettings) {
  return { fetch: globalThis.fetch, env: io.env, clock: io.clock, settings };
}

/** A configuration that cannot be read is a finding, and the rest is looked at with the defaults. */
function settingsOf(io: Io): { readonly findings: Finding[]; readonly settings: RouterSettings } {
  const project = findProject(io.cwd);
  if (project === undefined)
    return { findings: [ok('config', 'no project here; the defaults hold')], settings: defaultSettings };
  try {
    const { config, warnings } = loadConfig(project, io.cwd);
    return {
      findings: [
        ok('config', `${path.relative(io.cwd, project.configFile)} is valid`),
        ...warnings
          .filter((item) => item.path.startsWith('llmOps'))
          .map((item) => warning('config', item.message, item.fix)),
      ],
      settings: config.llmOps ?? defaultSettings,
    };
  } catch (error) {
    if (!(error instanceof BacklogError)) throw error;
    return { findings: [failed('config', error.message, error.fix)], settings: defaultSettings };
  }
}

function textOf(findings: readonly Finding[], errors: number, warnings: number, io: Io): string {
  const paint = painter(io);
  const words = {
    ok: paint('green', 'ok'),
    warning: paint('yellow', 'warning'),
    error: paint('red', 'error'),
  };
  const lines = findings.flatMap(({ severity, check, what, fix }) => [
    `${words[severity]}  ${paint('dim', check)}  ${what.replace(/\p{Cc}/gu, ' ')}`,
    ...(fix === null ? [] : [`    fix: ${runnable(fix, io.env)}`]),
  ]);
  const sum = errors === 0 ? 'healthy' : plural(errors, 'error');
  return [...lines, '', warnings === 0 ? sum : `${sum}, ${plural(warnings, 'warning')}`].join('\n');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
