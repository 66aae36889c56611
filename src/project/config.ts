import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { isInside, readBytesIfExists, realPlace } from '../platform/files.ts';
import { namesWithoutEffect } from './config-effects.ts';
import type { ConfigProblem } from './config-problem.ts';
import { problem, schemaProblems } from './config-problems.ts';
import { type JsonDocument, JsonSyntaxError, parseJsonWithPositions } from './json-positions.ts';
import { CONFIG_FILE, type ProjectPaths, requireProject } from './paths.ts';
import { configSchema, type ParsedConfig } from './schema/config-schema.ts';
import { defaultTestFiles } from './test-files.ts';

export type { ConfigProblem } from './config-problem.ts';
export { requiredGates, waiversAllowed } from './gates.ts';

type ParsedGates = ParsedConfig['qualityGates'];

/** A configuration with every default filled in. */
export type BacklogConfig = Omit<ParsedConfig, 'qualityGates'> & {
  readonly qualityGates: Omit<ParsedGates, 'baseline' | 'testFiles'> & {
    /** `strict` under the strict profile. */
    readonly baseline: NonNullable<ParsedGates['baseline']>;
    /** Globs relative to the project's root. */
    readonly testFiles: readonly string[];
  };
};

export interface LoadedConfig {
  readonly config: BacklogConfig;
  /** Keys without effect, contradictions that were resolved. Nothing that stops the work. */
  readonly warnings: readonly ConfigProblem[];
  /** The file as it is. */
  readonly text: string;
}

/** A configuration has a few kB; more is a mistake or an attack. */
const MAX_BYTES = 1024 * 1024;
const MAX_SHOWN = 20;

/**
 * The configuration of a project.
 * @param cwd what the file's name in messages is relative to
 * @throws BacklogError `config-invalid` (exit 3) with all problems in `details.problems`; `project-not-found`
 */
export function loadConfig(paths: ProjectPaths, cwd: string = process.cwd()): LoadedConfig {
  const bytes = readBytesIfExists(paths.configFile);
  if (bytes === undefined) return loadConfig(requireProject(paths.root), cwd);
  const file = path.relative(cwd, paths.configFile) || CONFIG_FILE;
  const loaded = parseConfig(decode(bytes, file), file);
  refuseLinksOutside(loaded, paths, file);
  return loaded;
}

/**
 * Reads a configuration's text, also one that is not in the working tree (the one at a ticket's base commit).
 * @param file its name in messages
 * @throws BacklogError `config-invalid` (exit 3) with all problems in `details.problems`
 */
export function parseConfig(text: string, file: string = CONFIG_FILE): LoadedConfig {
  if (text.length > MAX_BYTES) throw invalid(file, [tooLarge(text.length)]);
  const document = readDocument(text.replace(/^\uFEFF/, ''), file);
  const parsed = configSchema.safeParse(document.value);
  const problems = [
    ...document.problems.map((item) => problem(item.path, item.line, item.message, 'take one of them out')),
    ...(parsed.success ? [] : schemaProblems(parsed.error.issues, document, configSchema)),
  ].sort((a, b) => a.line - b.line);
  if (!parsed.success || problems.length > 0) throw invalid(file, problems);
  return { config: complete(parsed.data), warnings: warningsOf(parsed.data, document), text };
}

/**
 * Fewest new or changed tests of a ticket: by its prefix BUG 1, FEAT 3, others 2, unless `ticketValidation.minTests` says
 * otherwise; a trivial ticket needs one at most. `qualityGates.minNewTests`, the older name, wins where it is set.
 */
export function minNewTests(
  { qualityGates, ticketValidation }: Pick<BacklogConfig, 'qualityGates' | 'ticketValidation'>,
  { prefix, trivial }: { readonly prefix: string; readonly trivial: boolean },
): number {
  const of = (wanted: Readonly<Record<string, number>>): number | undefined =>
    Object.hasOwn(wanted, prefix) ? wanted[prefix] : undefined;
  const least = of({ BUG: 1, FEAT: 3, ...ticketValidation.minTests }) ?? 2;
  return of(qualityGates.minNewTests) ?? (trivial ? Math.min(1, least) : least);
}

function complete(parsed: ParsedConfig): BacklogConfig {
  const { baseline = 'new-only', testFiles, ...others } = parsed.qualityGates;
  return {
    ...parsed,
    qualityGates: {
      ...others,
      baseline: parsed.profile === 'strict' ? 'strict' : baseline,
      testFiles: testFiles ?? defaultTestFiles(parsed.project.stack),
    },
  };
}

function warningsOf(parsed: ParsedConfig, document: JsonDocument): ConfigProblem[] {
  const warnings = namesWithoutEffect(document.value).map((name) => {
    const keys = name.split('.');
    const line = document.lineOfKey(keys.slice(0, -1), keys.at(-1) ?? '');
    return problem(keys, line, 'has no effect yet', 'leave it or take it out');
  });
  const baseline = ['qualityGates', 'baseline'];
  if (parsed.profile === 'strict' && parsed.qualityGates.baseline === 'new-only')
    warnings.push(
      problem(
        baseline,
        document.lineOf(baseline),
        'is overruled: profile strict asks for strict',
        'take it out',
      ),
    );
  if (
    parsed.version === '1.0' &&
    typeof document.value === 'object' &&
    document.value &&
    'llmOps' in document.value
  )
    warnings.push(
      problem(['llmOps'], document.lineOfKey([], 'llmOps'), 'belongs to version 1.1', 'set version to "1.1"'),
    );
  return warnings.sort((a, b) => a.line - b.line);
}

function readDocument(text: string, file: string): JsonDocument {
  try {
    return parseJsonWithPositions(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw invalid(file, [
      {
        path: '(document)',
        line: error.line,
        message: `is no JSON: ${error.message}`,
        fix: 'correct this line',
      },
    ]);
  }
}

function decode(bytes: Uint8Array, file: string): string {
  if (bytes.length > MAX_BYTES) throw invalid(file, [tooLarge(bytes.length)]);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const message = 'is no UTF-8 text';
    throw invalid(file, [{ path: '(document)', line: 1, message, fix: 'save the file as UTF-8' }]);
  }
}

function tooLarge(size: number): ConfigProblem {
  const message = `is too large: ${size} bytes, at most ${MAX_BYTES} are read`;
  return { path: '(document)', line: 1, message, fix: 'take out what does not belong there' };
}

/** A folder of ours that is a symbolic link to somewhere else would let us write outside the project. */
function refuseLinksOutside(loaded: LoadedConfig, paths: ProjectPaths, file: string): void {
  const { dataDir, templatesDir } = loaded.config.backlog;
  const root = realPlace(paths.mainRoot);
  const outside = Object.entries({ dataDir, templatesDir }).filter(([, folder]) => {
    return !isInside(root, realPlace(path.join(paths.mainRoot, folder)));
  });
  if (outside.length === 0) return;
  const document = readDocument(loaded.text.replace(/^\uFEFF/, ''), file);
  const fix = 'make it a real folder, or name another one';
  throw invalid(
    file,
    outside.map(([key]) =>
      problem(
        ['backlog', key],
        document.lineOf(['backlog', key]),
        'is a link that leads out of the project',
        fix,
      ),
    ),
  );
}

function invalid(file: string, problems: readonly ConfigProblem[]): BacklogError {
  const shown = problems.slice(0, MAX_SHOWN);
  const rest = problems.length - shown.length;
  const [first] = shown;
  const lines = shown.map((item) => `${file}:${item.line}: ${item.message}`);
  return new BacklogError({
    code: 'config-invalid',
    message:
      lines.length === 1
        ? lines.join('')
        : [
            `${file} has ${problems.length} problems`,
            ...lines,
            ...(rest > 0 ? [`and ${rest} more`] : []),
          ].join('\n  '),
    fix:
      first !== undefined && problems.length === 1
        ? `${first.fix} (${file}:${first.line})`
        : `mend these lines of ${file}, then run the command again`,
    exitCode: ExitCode.ProjectUnusable,
    file,
    line: first?.line,
    details: { problems: shown, problemCount: problems.length },
  });
}
