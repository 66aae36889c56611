import { readFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../platform/errors.ts';
import { nearest } from '../../platform/suggest.ts';
import type { ConfigProblem } from '../../project/config-problem.ts';
import { problem, schemaProblems } from '../../project/config-problems.ts';
import type { JsonDocument } from '../../project/json-positions.ts';
import { record } from '../fields.ts';
import { builtInRegistry, type ProviderRegistry } from '../registry.ts';
import { ConfigError, type ProviderConfig, type RoleConfig, type RouterConfig } from './config-types.ts';
import { interpolations } from './interpolation.ts';
import { providerConfig } from './provider-settings.ts';
import { anyProvider, documentSchema, knownPart, type RoleDocument, schemaOf } from './schema.ts';
import { parseYaml } from './yaml-document.ts';

/** Seconds of an attempt when neither role nor provider says; models on this machine and programs take longer to start. */
const USUAL_TIMEOUT = 60;
const SLOW_TIMEOUT = 300;
const slowTypes = new Set(['ollama', 'claude-cli', 'codex-cli', 'gemini-cli', 'cli']);
export const USUAL_TEMPERATURE = 0.2;

/**
 * Reads and checks a configuration file.
 * @param file a script or command in it is relative to this file's folder
 * @throws ConfigError with all problems
 */
export function loadRouterConfig(file: string, registry: ProviderRegistry = builtInRegistry): RouterConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(file, [
      {
        path: '(document)',
        line: 1,
        message: `cannot be read: ${messageOf(error)}`,
        fix: `check the path; write a first one with \`backlog llm template > ${file}\``,
      },
    ]);
  }
  return parseRouterConfig(text, { file, registry });
}

export interface ParseOptions {
  /** Its name in messages. */
  readonly file?: string | undefined;
  readonly registry?: ProviderRegistry | undefined;
}

/**
 * Checks a configuration that is held in memory: YAML text, or the document that such a text stands for.
 * @throws ConfigError with all problems
 */
export function parseRouterConfig(source: string | object, options: ParseOptions = {}): RouterConfig {
  const { file = 'llm.yaml', registry = builtInRegistry } = options;
  const text = typeof source === 'string' ? source : JSON.stringify(source, null, 2);
  const document = parseYaml(text);
  if (document.syntax.length > 0)
    throw new ConfigError(
      file,
      document.syntax.map(({ line, message }) => ({
        path: '(document)',
        line,
        message: `no YAML: ${message}`,
        fix: 'mend the syntax at this line',
      })),
    );
  if (record(record(document.value)?.llm) === undefined)
    throw new ConfigError(file, [
      problem(
        ['llm'],
        1,
        'is missing or empty',
        'put `llm:` with default_role, providers and roles at the top',
      ),
    ]);
  return checked(document, file, registry);
}

function checked(document: JsonDocument, file: string, registry: ProviderRegistry): RouterConfig {
  const parsed = documentSchema.safeParse(document.value);
  const problems = [
    ...(parsed.success ? [] : schemaProblems(parsed.error.issues, document, documentSchema)),
    ...interpolations(document),
  ];
  const warnings: ConfigProblem[] = unread(document);
  const providers: Record<string, ProviderConfig> = {};
  const llm = record(record(document.value)?.llm);
  for (const [name, value] of Object.entries(record(llm?.providers) ?? {})) {
    const entry = record(value);
    if (entry === undefined || typeof entry.type !== 'string') continue;
    const type = registry.canonical(entry.type);
    const place = ['llm', 'providers', name];
    problems.push(...providerProblems(type, entry, place, document));
    warnings.push(...providerWarnings(type, entry, place, document));
    const read = anyProvider.safeParse(knownPart(type, entry));
    if (read.success) providers[name] = providerConfig(type, read.data, entry);
  }
  problems.push(...referenceProblems(document));
  if (!parsed.success || problems.length > 0) throw new ConfigError(file, ordered(problems));
  const roles = Object.entries(parsed.data.llm.roles).map(([name, role]) => [
    name,
    roleConfig(role, providers[role.provider]),
  ]);
  return {
    defaultRole: parsed.data.llm.default_role,
    providers: withAbsoluteScripts(providers, file),
    roles: Object.fromEntries(roles),
    warnings: ordered(warnings),
  };
}

/** Keys beside `llm`: perhaps another program's, perhaps a part that slipped out by its indent. */
function unread(document: JsonDocument): ConfigProblem[] {
  return Object.keys(record(document.value) ?? {})
    .filter((key) => key !== 'llm')
    .map((key) =>
      problem(
        [key],
        document.lineOfKey([], key),
        'is not read: only llm is',
        'put it below llm, or take it out',
      ),
    );
}

function providerProblems(
  type: string,
  entry: Readonly<Record<string, unknown>>,
  place: readonly string[],
  document: JsonDocument,
): ConfigProblem[] {
  const schema = schemaOf(type);
  const result = schema.safeParse(entry);
  if (result.success) return [];
  // The issues are about the entry; the document's lines are found from its top.
  const within: JsonDocument = {
    ...document,
    value: entry,
    lineOf: (path) => document.lineOf([...place, ...path]),
    lineOfKey: (path, key) => document.lineOfKey([...place, ...path], key),
  };
  return schemaProblems(result.error.issues, within, schema).map((item) => ({
    ...item,
    path: `${place.join('.')}.${item.path}`,
    message: `${place.join('.')}.${item.message}`,
    fix: secretKey.test(item.path)
      ? 'take the key out of the file, and name its environment variable as api_key_env'
      : item.fix.replace('docs/config.md', 'docs/router.md'),
  }));
}

const secretKey = /^(api_?key|token|secret|password)$/i;

function providerWarnings(
  type: string,
  entry: Readonly<Record<string, unknown>>,
  place: readonly string[],
  document: JsonDocument,
): ConfigProblem[] {
  if (!slowTypes.has(type) || type === 'ollama') return [];
  return ['prompt_flag', 'output_flag']
    .filter((key) => Object.hasOwn(entry, key))
    .map((key) =>
      problem(
        [...place, key],
        document.lineOfKey(place, key),
        'has no effect: the prompt goes by stdin',
        'take it out',
      ),
    );
}

/** Names that lead nowhere, also where other parts of the document are wrong: all problems are told at once. */
function referenceProblems(document: JsonDocument): ConfigProblem[] {
  const llm = record(record(document.value)?.llm);
  const providers = Object.keys(record(llm?.providers) ?? {});
  const roles = record(llm?.roles) ?? {};
  const problems: ConfigProblem[] = [];
  const missing = (place: readonly PropertyKey[], what: string, name: string, known: readonly string[]) => {
    const meant = nearest(name, known);
    problems.push(
      problem(
        place,
        document.lineOf(place),
        `names the ${what} "${name}", which is not there`,
        meant === undefined ? `use one of ${known.join(', ') || 'none yet'}, or add it` : `write ${meant}`,
      ),
    );
  };
  const wanted = llm?.default_role;
  if (typeof wanted === 'string' && wanted !== '' && !Object.hasOwn(roles, wanted))
    missing(['llm', 'default_role'], 'role', wanted, Object.keys(roles));
  for (const [name, value] of Object.entries(roles)) {
    const role = record(value);
    const place = ['llm', 'roles', name];
    if (typeof role?.provider === 'string' && !providers.includes(role.provider))
      missing([...place, 'provider'], 'provider', role.provider, providers);
    const fallbacks = Array.isArray(role?.fallback_providers) ? role.fallback_providers : [];
    for (const [index, fallback] of fallbacks.entries()) {
      const provider = String(fallback).split('/')[0] ?? '';
      if (typeof fallback === 'string' && !providers.includes(provider))
        missing([...place, 'fallback_providers', index], 'provider', provider, providers);
    }
  }
  return problems;
}

function roleConfig(role: RoleDocument, provider: ProviderConfig | undefined): RoleConfig {
  return {
    provider: role.provider,
    model: role.model || provider?.model || '',
    temperature: role.temperature ?? provider?.temperature ?? USUAL_TEMPERATURE,
    jsonMode: role.json_mode ?? provider?.jsonMode ?? false,
    maxTokens: (role.max_tokens === undefined ? provider?.maxTokens : role.max_tokens) ?? null,
    timeout: role.timeout ?? provider?.timeout ?? usualTimeout(provider?.type),
    fallbackProviders: role.fallback_providers,
    own: {
      temperature: role.temperature,
      jsonMode: role.json_mode,
      maxTokens: role.max_tokens,
      timeout: role.timeout,
    },
  };
}

/** Seconds. */
export function usualTimeout(type: string | undefined): number {
  return type !== undefined && slowTypes.has(type) ? SLOW_TIMEOUT : USUAL_TIMEOUT;
}

function withAbsoluteScripts(
  providers: Readonly<Record<string, ProviderConfig>>,
  file: string,
): Record<string, ProviderConfig> {
  const folder = path.dirname(path.resolve(file));
  return Object.fromEntries(
    Object.entries(providers).map(([name, { settings, ...more }]) => [
      name,
      {
        ...more,
        settings:
          settings.script === undefined
            ? settings
            : { ...settings, script: path.resolve(folder, settings.script) },
      },
    ]),
  );
}

function ordered(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line);
}
