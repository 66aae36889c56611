/** What an agent may be told to mind, one short file each. */
export const disciplineNames = [
  'tests-first',
  'code-review',
  'debugging',
  'security',
  'architecture',
  'frontend',
  'performance',
] as const;
export type DisciplineName = (typeof disciplineNames)[number];
