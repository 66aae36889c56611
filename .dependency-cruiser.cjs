// The floors of the house: a room imports from lower floors or from its own room, never sideways, never up.
const floors = [
  ['platform'],
  ['project'],
  ['tickets', 'attribution', 'router', 'ledger'],
  // The index of code and tickets: gates put its pieces into packages, checks ask it for candidates.
  ['retrieval'],
  ['gates', 'refinement', 'interchange', 'telemetry'],
  // A wave opens, judges and completes tickets through the gates.
  ['waves'],
  ['hooks', 'gateway', 'demo'],
  ['cli'],
];

/** Every room that `room` on floor `level` may not import: the upper floors and its neighbours. */
const forbiddenFor = (room, level) => [
  ...floors[level].filter((other) => other !== room),
  ...floors.slice(level + 1).flat(),
];

module.exports = {
  forbidden: [
    ...floors.flatMap((rooms, level) =>
      rooms
        .map((room) => ({ room, above: forbiddenFor(room, level) }))
        .filter(({ above }) => above.length > 0)
        .map(({ room, above }) => ({
          name: `floor-${room}`,
          comment: `src/${room} may import only from lower floors and from itself`,
          severity: 'error',
          from: { path: `^src/${room}/` },
          to: { path: `^src/(${above.join('|')})/` },
        })),
    ),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-tools-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tests|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
