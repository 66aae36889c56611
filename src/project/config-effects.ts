/**
 * Which keys of the configuration act, and which are read and kept but have no effect yet. Each name covers all keys below
 * it; the longest name that covers a key decides. A test walks the schema and fails for a key that no name covers, and for a
 * name that covers none. Move a name when its feature comes.
 */
export const effects: Readonly<Record<string, 'acts' | 'not yet'>> = {
  $schema: 'acts',
  version: 'acts',
  profile: 'acts',
  project: 'acts',
  'project.testRunner': 'not yet',
  'project.linter': 'not yet',
  'project.typeChecker': 'not yet',
  backlog: 'acts',
  qualityGates: 'acts',
  'qualityGates.healthCheckCommand': 'not yet',
  codeRules: 'acts',
  ticketValidation: 'acts',
  ticketConstraints: 'acts',
  git: 'acts',
  worktrees: 'acts',
  waves: 'acts',
  events: 'acts',
  agentRouting: 'acts',
  reviewPipeline: 'acts',
  sentinel: 'not yet',
  audit: 'not yet',
  'llmOps.providers': 'acts',
  'llmOps.tiers': 'acts',
  'llmOps.roles': 'acts',
  'llmOps.budgets': 'acts',
  'llmOps.billing': 'acts',
  'llmOps.prices': 'acts',
  'llmOps.traces': 'acts',
  'llmOps.telemetry': 'acts',
  'llmOps.logging': 'acts',
  'llmOps.registry': 'not yet',
  'llmOps.gateway': 'acts',
  'llmOps.routing': 'acts',
  'llmOps.tokenPolicy': 'not yet',
  'llmOps.cachePolicy': 'not yet',
  'llmOps.cachePolicy.sessionMaxWaves': 'acts',
  'llmOps.batchPolicy': 'not yet',
  'llmOps.ragPolicy': 'acts',
  'llmOps.ragPolicy.vectorStore': 'not yet',
  'llmOps.ragPolicy.reindexCommand': 'not yet',
};

/** The longest name of {@link effects} that covers the key `path` (`a.b[].c`, `a.*.c`), or `undefined`. */
export function coveringName(path: string): string | undefined {
  const keys = path.replaceAll('[]', '').split('.');
  for (let length = keys.length; length > 0; length -= 1) {
    const name = keys.slice(0, length).join('.');
    if (Object.hasOwn(effects, name)) return name;
  }
  return undefined;
}

/** Whether a key acts in this version. */
export function acts(path: string): boolean {
  const name = coveringName(path);
  return name !== undefined && effects[name] === 'acts';
}

/** The names without effect that a document uses: one for a whole block, or single keys where others of the block act. */
export function namesWithoutEffect(document: unknown): string[] {
  return Object.keys(effects).flatMap((name) => {
    const value = effects[name] === 'not yet' ? valueIn(document, name.split('.')) : undefined;
    if (value === undefined) return [];
    const acting = Object.keys(effects).filter(
      (other) => other.startsWith(`${name}.`) && effects[other] === 'acts',
    );
    if (acting.length === 0 || typeof value !== 'object' || value === null) return [name];
    return Object.keys(value)
      .map((key) => `${name}.${key}`)
      .filter((key) => !acting.includes(key));
  });
}

function valueIn(root: unknown, keys: readonly string[]): unknown {
  let value = root;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}
