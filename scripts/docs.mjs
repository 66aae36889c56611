// Writes the pages that follow from the program: docs/cli.md from the table of commands, docs/errors.md from the rooms' lists.
// `npm run docs`; a test holds both current.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The pages by their file names. @returns {Promise<Record<string, string>>} */
export async function generatedDocs() {
  return { 'docs/cli.md': await cliPage(), 'docs/errors.md': errorsPage() };
}

async function cliPage() {
  const bundled = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/commands.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    packages: 'external',
    external: ['./commands/*'],
    logLevel: 'silent',
  });
  const source = bundled.outputFiles[0]?.text ?? '';
  const { commandRows } = await import(
    `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
  );
  const rows = commandRows.filter((/** @type {{ hidden?: boolean }} */ row) => !row.hidden);
  return [
    '# Commands',
    '',
    'Every command takes `--json` (one document on stdout), `--cwd <dir>`, `--no-color` and `--help`. Data goes to stdout,',
    'everything else to stderr. `backlog` by itself shows what is held, ready, blocked and broken. Exit codes:',
    '[errors.md](errors.md).',
    '',
    ...rows.flatMap(section),
  ].join('\n');
}

/** @param {import('../src/cli/table.ts').CommandRow} row */
function section(row) {
  const call = `backlog ${row.name}${row.args ? ` ${row.args}` : ''}`;
  const aliases = row.aliases?.length
    ? ` Also: ${row.aliases.map((alias) => `\`backlog ${alias}\``).join(', ')}.`
    : '';
  const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|');
  const options = row.options?.length
    ? [
        '| flag | meaning |',
        '|---|---|',
        ...row.options.map(([flags, text]) => `| \`${cell(flags)}\` | ${cell(text)} |`),
        '',
      ]
    : [];
  const examples = row.examples?.length ? ['```sh', ...row.examples, '```', ''] : [];
  const summary = row.summary.charAt(0).toUpperCase() + row.summary.slice(1);
  return [`## \`${call}\``, '', `${summary}.${aliases}`, '', ...options, ...examples];
}

function errorsPage() {
  const folder = path.join(root, 'docs/errors.d');
  const rows = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n'))
    .filter((line) => /^\| *`[a-z0-9-]+`/.test(line))
    .map((line) => line.replaceAll(/ +\|/g, ' |').replaceAll(/\| +/g, '| '));
  const byCode = new Map(rows.map((row) => [/`([a-z0-9-]+)`/.exec(row)?.[1] ?? '', row]));
  const sorted = [...byCode].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return `# Errors

An error says what is wrong and where on its first line, and after \`fix:\` the command or edit that mends it. With \`--json\` it is
one document: \`{"schemaVersion":1,"error":{"code","message","fix","file","line"}}\`.

| exit code | meaning |
|---|---|
| 0 | done; for a check: it holds |
| 1 | a check said no: invalid ticket, failed gate, hard stop |
| 2 | wrong call: unknown flag, bad value, missing argument |
| 3 | the project is not in a usable state: no or invalid config, ticket not found, broken ticket file |
| 4 | something outside failed: upstream, git, missing program, timeout |
| 70 | a bug in this program; \`BACKLOG_DEBUG=1\` shows where |
| 130 | interrupted |

Where several apply, 3 wins over 1.

| code | exit | when | what to do |
|---|---|---|---|
${sorted.join('\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [file, text] of Object.entries(await generatedDocs()))
    writeFileSync(path.join(root, file), text);
