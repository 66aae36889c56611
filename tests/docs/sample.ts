import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { approve, linted, reviewed } from '../gates/support/journey.ts';
import { discount, project, shop } from '../gates/support/project.ts';
import { backlogBin, repositoryRoot } from '../support/cli.ts';
import { gitEnv, gitIn, tempDir, tempRepo, writeFiles } from '../support/temp.ts';

/** A project in which examples run, as a reader would type them. */
export interface Sample {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a shell printed, both streams as a terminal shows them, and its exit code. */
export interface Said {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs a command as it stands in the documentation, with this program first on PATH and no key, session or terminal. */
export function type({ root, env }: Sample, command: string): Said {
  const { status, stdout } = spawnSync('sh', ['-c', `exec 2>&1\n${command}`], {
    cwd: root,
    env,
    encoding: 'utf8',
    input: '',
  });
  return { exitCode: status, output: stdout };
}

/** Models answer by a script: no network, no key, the same tokens every time. */
const script = {
  answers: [{ text: '{"prime": true}', usage: { input_tokens: 20_000, output_tokens: 4_000 } }],
};

function sampleIn(root: string): Sample {
  const beside = tempDir();
  writeFiles(beside, { 'script.json': JSON.stringify(script) });
  return {
    root,
    env: {
      ...gitEnv(),
      HOME: beside,
      PATH: `${path.dirname(backlogBin)}${path.delimiter}${process.env.PATH}`,
      BACKLOG_HOME: path.join(beside, 'home'),
      BACKLOG_LLM_SCRIPT: path.join(beside, 'script.json'),
      NO_COLOR: '1',
    },
  };
}

function must(sample: Sample, ...commands: readonly string[]): Sample {
  for (const command of commands) {
    const { exitCode, output } = type(sample, command);
    if (exitCode !== 0) throw new Error(`${command}\nexited ${exitCode}:\n${output}`);
  }
  return sample;
}

const npm = {
  'package.json': `${JSON.stringify({ name: 'shop', type: 'module', scripts: { test: 'node --test test/', lint: 'node lint.js' } })}\n`,
};

/** Where an example may begin, by the words of its `given` comment. Each makes a project of its own. */
export const beginnings: Readonly<Record<string, () => Sample | Promise<Sample>>> = {
  'this clone': () => sampleIn(repositoryRoot),
  'a repository': () => sampleIn(tempRepo({ ...shop, ...npm })),
  'a project': () => must(sampleIn(tempRepo({ ...shop, ...npm })), 'backlog init --yes --commit'),
  'a ticket': () => {
    const root = project();
    const origin = path.join(tempDir(), 'origin.git');
    gitIn(root, 'clone', '--quiet', '--bare', root, origin);
    gitIn(root, 'remote', 'add', 'origin', origin);
    gitIn(root, 'fetch', '--quiet', 'origin');
    gitIn(root, 'branch', '--quiet', '--set-upstream-to=origin/main');
    return sampleIn(root);
  },
  'a change under way': async () => sampleIn(await linted()),
  'a reviewed change': async () => sampleIn(await reviewed()),
  'a change that silences the linter': async () => {
    const sample = sampleIn(await linted());
    writeFiles(sample.root, { 'src/extra.js': '// eslint-disable-next-line no-var\nvar extra = 1;\n' });
    return sample;
  },
  'a typo is corrected': () => {
    const root = project({ files: { 'README.md': 'Adds up a bakset.\n' } });
    writeFiles(root, { 'README.md': 'Adds up a basket.\n' });
    return sampleIn(root);
  },
  'three scripted requests for FEAT-001': () =>
    must(
      sampleIn(project()),
      'backlog context set FEAT-001 plan architect',
      'backlog llm-call --user "Plan it"',
      'backlog context set FEAT-001 implement backend',
      'backlog llm-call --user "Write the tests"',
      'backlog llm-call --user "Write the code"',
    ),
  'files to ask about': () => {
    const sample = sampleIn(project());
    writeFiles(sample.root, {
      'prompt.txt': 'Say hello',
      'answer.schema.json': '{"type":"object","properties":{"prime":{"type":"boolean"}}}',
    });
    return sample;
  },
};

/** What happens between two examples of one session. */
export const happenings: Readonly<Record<string, (sample: Sample) => void | Promise<void>>> = {
  'its tests and code are written': ({ root }) => writeFiles(root, discount),
  'another agent approved': ({ root }) => approve(root),
};

/** A page of the documentation, by its path from the repository's root. */
export function page(file: string): string {
  return readFileSync(path.join(repositoryRoot, file), 'utf8');
}
