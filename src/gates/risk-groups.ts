/** What in a path says that a change is a risky one, whatever its size: group and pattern. */
export const pathRisks: readonly (readonly [string, RegExp])[] = [
  [
    'auth',
    /(?:^|[/._-])(?:auth[a-z]*|log-?in|sign-?in|sessions?|oauth2?|jwt|passwords?|permissions?|acl|rbac)(?:[/._-]|$)/i,
  ],
  ['payment', /(?:^|[/._-])(?:payments?|billing|checkout|invoices?|stripe|paypal)(?:[/._-]|$)/i],
  [
    'migrations',
    /(?:^|\/)(?:migrations?|migrate)(?:[/._-]|$)|\.sql$|(?:^|\/)schema\.(?:prisma|rb|graphql)$/i,
  ],
  [
    'secrets',
    /(?:^|\/)\.env(?:[._-]|$)|(?:^|[/._-])(?:secrets?|credentials?|tokens?)(?:[/._-]|$)|\.(?:pem|key|p12|pfx|jks)$|(?:^|\/)\.(?:npmrc|netrc|pypirc)$/i,
  ],
  [
    'ci',
    /(?:^|\/)(?:\.github|\.gitlab|\.circleci|\.ci|\.husky|\.githooks|\.buildkite)\/|(?:^|\/)(?:\.gitlab-ci\.yml|jenkinsfile|azure-pipelines\.yml|\.travis\.yml|lefthook\.ya?ml|\.pre-commit-config\.yaml|\.gitmodules|\.gitattributes)$/i,
  ],
  [
    'gate-config',
    /(?:^|\/)backlog\.config\.json$|(?:^|\/)\.claude\/|(?:^|\/)(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|makefile|pyproject\.toml|setup\.cfg|tox\.ini|ruff\.toml|mypy\.ini|pytest\.ini|conftest\.py|go\.(?:mod|sum)|cargo\.(?:toml|lock)|biome\.jsonc?|tsconfig[^/]*\.json|\.?eslint[^/]*|\.prettierrc[^/]*|(?:vite|vitest|jest)[^/]*\.config\.[^/]+|\.gitignore)$/i,
  ],
];

/** What in a changed line of code says so: the six groups of the risk scan for reviews, and secrets. */
export const lineRisks: readonly (readonly [string, RegExp])[] = [
  ['auth', /\bjwt\.|\bbcrypt\.|\bsession\.|\.token\b|\boauth|\bpassword\b/i],
  ['db_schema', /\bcreateIndex\b|\bALTER TABLE\b|\bDROP TABLE\b|\bCREATE TABLE\b/i],
  ['serialization', /\bJSON\.(?:parse|stringify)\b|\bBuffer\.from\b|\.encode\(|\bpickle\.loads?\b/],
  ['error_handling', /\bPromise\.(?:all|allSettled)\b|\.catch\(|\bretry\(/],
  ['external_api', /\bfetch\(|\baxios\b|\bhttps?\.request\b|\bgot\(/],
  ['concurrency', /\bworker_threads\b|\bPromise\.race\b|\bmutex\b|\bsemaphore\b/i],
  ['secrets', /\bAKIA[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:api[_-]?key|secret)\b\s*[:=]/i],
];

/** The risk groups that a path belongs to, by its name alone. */
export function pathRiskGroups(file: string): string[] {
  return pathRisks.filter(([, pattern]) => pattern.test(file)).map(([group]) => group);
}
