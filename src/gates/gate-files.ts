/** Files that are nothing but the configuration of linters, type checkers, test runners, their coverage, or of CI. */
const whole = [
  /^(?:\.?eslintrc(?:\..+)?|\.eslintignore|eslint\.config\..+|\.oxlintrc\.json|biome\.jsonc?|tslint\.json|\.jshintrc|\.prettierrc(?:\..+)?|prettier\.config\..+|\.prettierignore|\.stylelintrc(?:\..+)?|stylelint\.config\..+)$/,
  /^(?:[tj]sconfig(?:\..+)?\.json|tsconfig\..+\.json)$/,
  /^(?:vitest\.(?:config|workspace|setup)\..+|jest\.(?:config|setup)\..+|karma\.conf\..+|\.mocharc(?:\..+)?|ava\.config\..+|playwright\.config\..+|cypress\.config\..+|\.nycrc(?:\..+)?|\.c8rc(?:\..+)?|wdio\.conf\..+|stryker\.conf\..+)$/,
  /^(?:pytest\.ini|\.?pytest\.toml|tox\.ini|\.?ruff\.toml|\.?mypy\.ini|\.flake8|\.?pylintrc(?:\.toml)?|pyrightconfig\.json|\.coveragerc|\.bandit|noxfile\.py|\.isort\.cfg)$/,
  /^(?:\.golangci\.(?:ya?ml|toml|json)|\.?clippy\.toml|\.?swiftlint\.ya?ml|\.rubocop(?:_todo)?\.ya?ml|\.rspec|phpunit\.xml(?:\.dist)?|phpstan\.neon(?:\.dist)?|psalm\.xml|checkstyle\.xml|pmd\.xml|detekt\.ya?ml|\.clang-tidy|\.shellcheckrc|\.hadolint\.ya?ml)$/,
  /^(?:\.pre-commit-config\.yaml|lefthook\.ya?ml|\.?lint-?staged(?:rc|\.config)(?:\..+)?|\.gitlab-ci\.ya?ml|azure-pipelines\.ya?ml|Jenkinsfile|\.travis\.yml|bitbucket-pipelines\.yml|\.?codecov\.ya?ml|sonar-project\.properties|\.gitattributes)$/,
];

const folders = /(?:^|\/)(?:\.github\/(?:workflows|actions)|\.circleci|\.cargo|\.buildkite|\.husky|\.ci)\//;

/** Tables of TOML and INI files that also say other things. */
const tables: readonly (readonly [file: RegExp, table: RegExp])[] = [
  [
    /^pyproject\.toml$/,
    /^tool\.(?:pytest|ruff|mypy|coverage|pylint|pyright|basedpyright|pyre|flake8|isort|black|bandit|tox|hatch\.envs|poe|taskipy)\b/,
  ],
  [/^Cargo\.toml$/, /^(?:workspace\.)?lints\b|^\[?test\b|^lib$/],
  [/^setup\.cfg$/, /^(?:tool:pytest|flake8|mypy|coverage|pylint|isort|pycodestyle|tox)\b/],
];

/** Keys of package.json that configure such a tool. */
const packageKeys = [
  'eslintConfig',
  'eslintIgnore',
  'jest',
  'mocha',
  'ava',
  'nyc',
  'c8',
  'tap',
  'xo',
  'prettier',
  'stylelint',
  'lint-staged',
  'husky',
  'simple-git-hooks',
  'vitest',
];

/** Files of which only lines of some kind decide what tests and scripts do, and what such a line is about. */
const byLine: readonly (readonly [file: RegExp, line: RegExp, what: string])[] = [
  [
    /^vite\.config\./,
    /\b(?:test|tests|coverage|include|exclude|setupFiles|globalSetup|retry|bail|passWithNoTests|thresholds?)\b/,
    'its tests',
  ],
  // Which shell runs the scripts, with which options; whether they run at all.
  [
    /^\.npmrc$/,
    /^\s*(?:script-shell|shell|node-options|ignore-scripts|if-present|prefix)\b/i,
    'how scripts run',
  ],
  [
    /^\.yarnrc(?:\.ya?ml)?$/,
    /\b(?:yarnPath|yarn-path|plugins|script-shell|enableScripts)\b/,
    'how scripts run',
  ],
  [/^bunfig\.toml$/, /\b(?:preload|test|run|shell|bun)\b/, 'how scripts and tests run'],
];

/** Whether a file may have such configuration in it, by its name. */
export function mayConfigureGates(file: string): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const parts = [...tables, ...byLine].map(([pattern]) => pattern);
  const others = [...whole, ...parts, /^package\.json$/];
  return folders.test(file) || others.some((pattern) => pattern.test(name));
}

/**
 * What of the gates' configuration a change to a file touches, in words; `undefined` when nothing of it.
 * @param before `undefined` for a new file; `after` for a deleted one
 */
export function touchedGateConfig(
  file: string,
  before: string | undefined,
  after: string | undefined,
  changed: readonly string[],
): string | undefined {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (folders.test(file) || whole.some((pattern) => pattern.test(name)))
    return before === undefined ? 'it is new' : after === undefined ? 'it is deleted' : 'it is changed';
  const lines = byLine.find(([pattern]) => pattern.test(name));
  if (lines !== undefined) return changed.some((line) => lines[1].test(line)) ? lines[2] : undefined;
  if (name === 'package.json') {
    const [old, now] = [keysOf(before), keysOf(after)];
    const keys = packageKeys.filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
    return keys.length === 0 ? undefined : keys.join(', ');
  }
  const [, table] = tables.find(([pattern]) => pattern.test(name)) ?? [];
  if (table === undefined) return undefined;
  const [old, now] = [tablesOf(before, table), tablesOf(after, table)];
  const touched = [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
  return touched.length === 0 ? undefined : touched.map((key) => `[${key}]`).join(', ');
}

function keysOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // Not JSON any more: its scripts cannot be run either, and the gate commands say so.
    return {};
  }
}

function tablesOf(text: string | undefined, wanted: RegExp): Map<string, string> {
  const found = new Map<string, string>();
  let table = '';
  for (const line of (text ?? '').split('\n')) {
    const header = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?/.exec(line.slice(0, 500))?.[1];
    if (header !== undefined) table = header.replaceAll(/["'\s]/g, '');
    if (wanted.test(table)) found.set(table, `${found.get(table) ?? ''}${line.trim()}\n`);
  }
  return found;
}
