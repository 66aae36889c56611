import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { ticketText } from '../../gates/support/project.ts';
import { backlog, jsonOf, repositoryRoot } from '../../support/cli.ts';
import { gitIn, writeFiles } from '../../support/temp.ts';
import type { Proof } from './proof.ts';

const env = { BACKLOG_HOME: '/nonexistent/backlog-home' };

/** What `ticket validate` finds in the shop's ticket after `change`. */
const findings =
  (change: (text: string) => string = (text) => text) =>
  async (root: string): Promise<unknown> => {
    writeFiles(root, { 'backlog/data/pending/FEAT-001-discount.md': change(ticketText()) });
    const { items } = jsonOf(await backlog(['ticket', 'validate', '--all', '--json'], { cwd: root, env }));
    return [items].flat().map((item) => Object(item).code);
  };

const without = (section: RegExp) => (text: string) => text.replace(section, '');
const newTicket = (type: string) => async (root: string) =>
  backlog(['ticket', 'new', '--type', type, '--title', 'One more'], { cwd: root, env });

/** A key of the ticket checks: on it finds something, off it does not. */
const check = (code: string, change: (text: string) => string): Proof => ({
  values: [true, false],
  around: { backlog: { requiredSections: ['context'] } },
  see: findings(change),
  shows: [[code], []],
});

/** The findings of one code that `ticket validate --deep` has. */
const deepCodes = (code: string) => async (root: string) => {
  const { items } = jsonOf(await backlog(['ticket', 'validate', '--deep', '--json'], { cwd: root, env }));
  return [items].flat().flatMap((item) => (Object(item).code === code ? [code] : []));
};

/** Keys that say what the project is and what its tickets are. */
export const ticketProofs: Readonly<Record<string, Proof>> = {
  $schema: {
    values: [undefined, schemaId()],
    around: { qualityGates: { testComand: 'npm test' } },
    see: editorFindings,
    shows: [[], ['must NOT have additional properties']],
  },
  version: {
    values: ['1.0', '1.1'],
    around: { llmOps: { billing: 'api' } },
    see: async (root) => /belongs to version 1\.1/.test((await backlog([], { cwd: root, env })).stderr),
    shows: [true, false],
  },
  'project.name': {
    values: ['shop', 'market'],
    see: async (root) => {
      const home = { BACKLOG_HOME: path.join(root, '.backlog-ops/home') };
      const args = ['context', 'set', 'FEAT-001', 'plan', 'backend', '--json'];
      return jsonOf(await backlog(args, { cwd: root, env: home })).project;
    },
    shows: ['shop', 'market'],
  },
  'backlog.dataDir': {
    values: ['backlog/data', 'docs/tickets'],
    see: async (root) => path.dirname((await newTicket('BUG')(root)).stdout),
    shows: ['backlog/data/pending', 'docs/tickets/pending'],
  },
  'backlog.templatesDir': {
    values: ['one', 'other'],
    files: {
      'other/bug.md': `${readFileSync(path.join(repositoryRoot, 'templates/bug.md'), 'utf8')}\nOurs\n`,
    },
    see: async (root) => {
      const { stdout } = await newTicket('BUG')(root);
      return /^Ours$/m.test(readFileSync(path.join(root, stdout.trim()), 'utf8'));
    },
    shows: [false, true],
  },
  'backlog.ticketPrefixes': {
    values: [['FEAT'], ['FEAT', 'SEC']],
    see: async (root) => (await newTicket('SEC')(root)).exitCode,
    shows: [2, 0],
  },
  'backlog.requiredSections': {
    values: [['context'], ['context', 'rolloutPlan']],
    see: findings(),
    shows: [[], ['ticket-section-missing']],
  },
  'ticketValidation.requireTestStrategy': check(
    'ticket-tests',
    without(/### Unit Tests[\s\S]*(?=### Verification)/),
  ),
  'ticketValidation.requireAffectedFiles': check('ticket-files', without(/\| (?:src|test)\/.*\n/g)),
  'ticketValidation.requireDependencyCheck': check('ticket-dependency-unknown', (text) =>
    text.replace('depends_on: []', 'depends_on: [FEAT-099]'),
  ),
  'ticketValidation.requireVerificationCommands': check('ticket-verification', without(/```bash[\s\S]*?```/)),
  'ticketValidation.minAcceptanceCriteria': {
    values: [3, 4],
    see: findings(),
    shows: [[], ['ticket-criteria']],
  },
  'ticketConstraints.maxAffectedFiles': {
    values: [2, 1],
    see: findings(),
    shows: [[], ['ticket-files-many']],
  },
  'ticketConstraints.maxEstimatedTokens': {
    values: [10_000, 100_000],
    see: deepCodes('scope-tokens'),
    shows: [['scope-tokens'], []],
  },
  'ticketConstraints.requireSingleResponsibility': {
    values: [true, false],
    ticket: { files: ['src/basket.js', 'web/basket.js'] },
    files: { 'web/basket.js': '' },
    see: deepCodes('scope-boundary'),
    shows: [['scope-boundary'], []],
  },
  'git.bookkeepingCommit': {
    values: [true, false],
    around: { profile: 'light', qualityGates: { lintCommand: 'node lint.js' } },
    ticket: { tests: 'none', files: ['README.md'] },
    see: async (root) => {
      const home = { BACKLOG_HOME: path.join(root, '.backlog-ops/home') };
      const run = async (...args: string[]) => {
        const result = await backlog(args, { cwd: root, env: home });
        if (result.exitCode !== 0) throw new Error(`backlog ${args.join(' ')}: ${result.stderr}`);
      };
      await run('ticket', 'start', 'FEAT-001');
      writeFiles(root, { 'README.md': '# Shop\n' });
      await run('gate', 'run', 'implement', '--ticket', 'FEAT-001');
      await run('gate', 'run', 'lint', '--ticket', 'FEAT-001');
      await run('commit', '--ticket', 'FEAT-001', '--type', 'docs', '--summary', 'say what it is');
      await run('ticket', 'complete', 'FEAT-001');
      return gitIn(root, 'log', '-1', '--format=%s');
    },
    shows: ['chore(backlog): complete FEAT-001', 'docs: implement FEAT-001 — say what it is'],
  },
};

function schema(): { readonly $id: string } {
  return JSON.parse(readFileSync(path.join(repositoryRoot, 'config/backlog.config.schema.json'), 'utf8'));
}

function schemaId(): string {
  return schema().$id;
}

/** What an editor says that knows the published schema by its address: nothing of a file that names none. */
function editorFindings(root: string): (string | undefined)[] {
  const editor = new Ajv({ schemas: [schema()] });
  const config = JSON.parse(readFileSync(path.join(root, 'backlog.config.json'), 'utf8'));
  if (typeof config.$schema !== 'string') return [];
  editor.validate(config.$schema, config);
  return (editor.errors ?? []).map((error) => error.message);
}
