import path from 'node:path';

/** Agent types by the kind of files, in the order that decides a tie. */
export const agentTypes = ['ml-engineer', 'frontend', 'backend', 'devops', 'general-purpose'] as const;
export type AgentType = (typeof agentTypes)[number];

const byExtension: ReadonlyMap<string, AgentType> = new Map([
  ...['.tsx', '.jsx', '.css', '.scss', '.html', '.vue', '.svelte'].map((one) => [one, 'frontend'] as const),
  ...['.py', '.go', '.rs', '.rb', '.ts', '.js', '.mjs', '.cjs', '.java', '.kt', '.cs', '.php'].map(
    (one) => [one, 'backend'] as const,
  ),
  ...['.yaml', '.yml', '.tf', '.toml'].map((one) => [one, 'devops'] as const),
  ['.ipynb', 'ml-engineer'],
]);

/** `train`, `model`, `train_x`, `x_train`, … as the name of a file of code. */
const trainingName = /^(?:train|model)(?:_.*)?$|^.*_(?:train|model)$/i;

/** The agent type that most of the files ask for; without files, or with none that is known, `general-purpose`. */
export function agentTypeOf(files: readonly string[]): AgentType {
  const votes = new Map<AgentType, number>();
  for (const file of files) {
    const type = typeOfFile(file);
    votes.set(type, (votes.get(type) ?? 0) + 1);
  }
  const most = Math.max(0, ...votes.values());
  return agentTypes.find((type) => most > 0 && votes.get(type) === most) ?? 'general-purpose';
}

function typeOfFile(file: string): AgentType {
  const name = path.posix.basename(file.replaceAll('\\', '/'));
  if (/^Dockerfile(?:\..+)?$/i.test(name) || /^docker-compose\..+$/i.test(name)) return 'devops';
  const extension = path.posix.extname(name).toLowerCase();
  const stem = path.posix.basename(name, path.posix.extname(name));
  const type = byExtension.get(extension);
  if (type === 'backend' && trainingName.test(stem)) return 'ml-engineer';
  if (type === undefined && /train|model/i.test(stem)) return 'ml-engineer';
  return type ?? 'general-purpose';
}
