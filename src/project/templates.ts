const byPrefix: Readonly<Record<string, string>> = { FEAT: 'feature.md', BUG: 'bug.md', IDEA: 'idea.md' };

/** The template that a ticket of this prefix starts from; all but features, bugs and ideas are tasks. */
export function templateFileFor(prefix: string): string {
  return (Object.hasOwn(byPrefix, prefix) ? byPrefix[prefix] : undefined) ?? 'task.md';
}

/** The templates that these prefixes need, each once. */
export function templateFilesFor(prefixes: readonly string[]): string[] {
  return [...new Set(prefixes.map(templateFileFor))];
}
