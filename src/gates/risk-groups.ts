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

/** The six risk groups of a change, in the order in which they are reported. */
export const riskGroups = [
  'auth',
  'db_schema',
  'serialization',
  'error_handling',
  'external_api',
  'concurrency',
] as const;
export type RiskGroup = (typeof riskGroups)[number];

// A word begins where no letter stands before it, or with a capital inside a camelCase name; `_` joins words in names. So
// `user_password` and `newPassword` are found, and `prefetch(`, `obsession.` and `immigration` are not.
const groupPatterns: Readonly<Record<RiskGroup, RegExp>> = {
  auth: /(?<![A-Za-z])(?:jwt\s*\.|JWT\b|bcrypt|argon2|oauth|OAuth|OAUTH|session\s*[.[]|passw(?:or)?d(?![a-z])|PASSW(?:OR)?D)|(?<=[a-z0-9])(?:Jwt|Passw(?:or)?d|OAuth)|\bPassw(?:or)?d|\.token\b|\bjsonwebtoken\b/,
  db_schema:
    /\bcreateIndex\b|(?<![a-z])migrations?\b|\b(?:create|alter|drop|truncate)\s+(?:unique\s+)?(?:table|index|view|column|type|schema)\b|\b(?:add|drop|rename)\s+(?:column|constraint)\b|\b(?:create|drop|rename|alter|add|remove|change)_(?:table|column|index|constraint)\b|(?<![a-z])schema\.\w+\s*=(?!=)/i,
  serialization:
    /\bJSON\.(?:parse|stringify)\b|\bBuffer\.from\b|\.encode\(|\b(?:json|pickle|marshal|yaml|msgpack)\.(?:safe_)?(?:loads?|dumps?|Unmarshal|Marshal)\b|\bunserialize\(/,
  error_handling: /\bPromise\s*\.\s*(?:all|allSettled)\b|\.catch\(|(?<![A-Za-z])retry\(/,
  external_api:
    /(?<![\w$])fetch\(|(?<![A-Za-z])axios\b|\bhttps?\.(?:request|get|Get|Post|NewRequest)\b|(?<![\w$.])got(?:\.\w+)?\(|\brequests\.(?:get|post|put|patch|delete|head|options|request|Session)\(|\b(?:httpx|aiohttp|urllib\d?)\.|\bcurl_exec\(/,
  concurrency:
    /\bworker_threads\b|\bPromise\s*\.\s*race\b|(?<![A-Za-z])(?:mutex|MUTEX|semaphore|SEMAPHORE)|Mutex|Semaphore|\bthreading\.|\bmultiprocessing\.|\basyncio\.(?:gather|wait|create_task|Lock|Queue)\b|\bsync\.(?:WaitGroup|Once|Map|RWMutex)\b/,
};

/** The risk groups that a line of code belongs to. */
export function lineRiskGroups(line: string): RiskGroup[] {
  return riskGroups.filter((group) => groupPatterns[group].test(line));
}

/** What in a changed line of code keeps it from the quick lane: the six risk groups, and secrets. */
export const lineRisks: readonly (readonly [string, RegExp])[] = [
  ...riskGroups.map((group) => [group, groupPatterns[group]] as const),
  ['secrets', /\bAKIA[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:api[_-]?key|secret)\b\s*[:=]/i],
];

/** The risk groups that a path belongs to, by its name alone. */
export function pathRiskGroups(file: string): string[] {
  return pathRisks.filter(([, pattern]) => pattern.test(file)).map(([group]) => group);
}
