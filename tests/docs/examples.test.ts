import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseVerdict } from '../../src/gates/verdict.ts';
import { parseConfig } from '../../src/project/config.ts';
import { parseRouterConfig } from '../../src/router/lib/index.ts';
import { readScript } from '../../src/router/providers/scripted.ts';
import { repositoryRoot } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { type Block, blocksOf, commandsOf, settled } from './page.ts';
import { beginnings, happenings, page, type Sample, type } from './sample.ts';

// Every fenced block of these pages is run, compared or parsed. What is not says why, and stands in the list below.
const pages = [
  'README.md',
  ...readdirSync(path.join(repositoryRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

interface Example extends Block {
  readonly page: string;
}

const examples = pages.flatMap((file): Example[] =>
  blocksOf(page(file)).map((block) => ({ ...block, page: file })),
);
const where = ({ page: file, line }: Example): string => `${file}:${line}`;

/** Examples that are typed one after the other in one project. */
interface Session {
  readonly title: string;
  readonly begins: string;
  readonly blocks: readonly Example[];
}

function sessions(): Session[] {
  const found: { title: string; begins: string; blocks: Example[] }[] = [];
  for (const example of examples) {
    if (example.notRun !== undefined || !['sh', 'text'].includes(example.language)) continue;
    const last = found.at(-1);
    const begins = example.page === 'docs/cli.md' ? givenFor(example, last) : example.given;
    if (begins !== undefined && beginnings[begins] !== undefined)
      found.push({ title: `${where(example)}, given ${begins}`, begins, blocks: [example] });
    else if (last !== undefined && last.blocks[0]?.page === example.page) last.blocks.push(example);
    else throw new Error(`${where(example)} says no \`given\`: ${Object.keys(beginnings).join(', ')}`);
  }
  return found;
}

/** docs/cli.md is generated and has no comments: `init` begins in a bare repository, everything else in one project. */
function givenFor(example: Example, last: Session | undefined): string | undefined {
  if (example.body.startsWith('backlog init')) return 'a repository';
  const goesOn = last?.begins === 'a change under way' && last.blocks[0]?.page === example.page;
  return goesOn ? undefined : 'a change under way';
}

describe('shell examples', () => {
  const all = sessions();

  it.each(all)('$title', { timeout: 180_000 }, play);
});

/** Types the examples of a session and compares what they print. */
async function play({ begins, blocks }: Session): Promise<void> {
  const begin = async () => (await beginnings[begins]?.()) ?? expect.unreachable(begins);
  let sample = await begin();
  let printed: string | undefined;
  for (const block of blocks) {
    if (block.language === 'text') {
      expect(settled(printed ?? ''), `${where(block)} is what the example before it prints`).toBe(
        settled(block.body),
      );
      continue;
    }
    if (block.given !== undefined && block.given !== begins) await happen(block, sample);
    printed = '';
    for (const [index, { text, exitCode }] of commandsOf(block.body).entries()) {
      // The examples of `init` are alternatives.
      if (block.page === 'docs/cli.md' && begins === 'a repository' && index > 0) sample = await begin();
      const said = type(sample, text);
      expect(said.exitCode, `${where(block)}: ${text}\n${said.output}`).toBe(exitCode);
      printed += said.output;
    }
  }
}

async function happen(block: Example, sample: Sample): Promise<void> {
  const happening = happenings[block.given ?? ''];
  expect(happening, `${where(block)}: "${block.given}" is nothing that can be given`).toBeDefined();
  await happening?.(sample);
}

describe('other examples', () => {
  it('are in a language that is checked, or a picture', () => {
    for (const example of examples)
      expect(
        ['sh', 'text', 'json', 'yaml', 'ts', 'mermaid'],
        `${where(example)}: \`\`\`${example.language}`,
      ).toContain(example.language);
  });

  it.each(examples.filter(({ language }) => language === 'json').map((one) => ({ ...one, at: where(one) })))(
    '$at is JSON that the program reads',
    ({ body }) => {
      const value = Object(JSON.parse(body));
      if ('verdict' in value) expect(parseVerdict(body).findings).toHaveLength(1);
      else if ('answers' in value) {
        const folder = tempDir();
        writeFiles(folder, { 'script.json': body });
        expect(readScript(path.join(folder, 'script.json')).answers.length).toBeGreaterThan(0);
      } else {
        const project = { version: '1.1', project: { name: 'x', stack: 'generic' } };
        expect(parseConfig(JSON.stringify({ ...project, ...value })).warnings).toEqual([]);
      }
    },
  );

  // The workflow of docs/ci.md is compared with its file by ci.test.ts.
  const configurations = examples.filter((one) => one.language === 'yaml' && one.page !== 'docs/ci.md');
  it.each(configurations.map((one) => ({ ...one, at: where(one) })))(
    '$at is a configuration of the library',
    ({ body }) => {
      expect(parseRouterConfig(body).warnings).toEqual([]);
    },
  );

  it('in TypeScript stand where the test of the tarball compiles them', () => {
    const compiled = examples.filter(({ language }) => language === 'ts').map((one) => one.page);
    expect(new Set(compiled)).toEqual(new Set(['docs/router.md']));
  });

  it('that nobody runs say why', () => {
    const left = examples.flatMap((one) => (one.notRun === undefined ? [] : [`${one.page}: ${one.notRun}`]));
    process.stdout.write(left.map((line) => `not run: ${line}\n`).join(''));
    expect(left).toEqual([
      'README.md: this example is itself a part of `npm test`',
      'README.md: slash commands; the end-to-end tests run them in the real client',
      'README.md: slash commands; the end-to-end tests run them in the real client',
      'README.md: it starts a process that outlives the example; tests/gateway types both',
      'docs/ci.md: the demo has no remote',
      'docs/estimates.md: the ticket is an example',
      'docs/gateway.md: it starts a process that outlives the example; tests/gateway types both',
      "docs/litellm.md: it takes Docker; the tests check the compose file's structure, and run LiteLLM itself without it",
      'docs/litellm.md: it takes LiteLLM; tests/litellm runs the same file',
      'docs/litellm.md: it takes a running LiteLLM; tests/litellm makes the same calls',
      'docs/llm-call.md: it takes a local model, and a paid one',
    ]);
  });
});
