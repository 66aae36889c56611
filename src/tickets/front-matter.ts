import matter from 'gray-matter';
import { type Document, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { messageOf } from '../platform/errors.ts';
import type { FieldReader } from './parse.ts';
import { ticketProblem } from './problem.ts';

/**
 * Reads the front matter with gray-matter, whose only engine is the YAML library; every other one throws.
 * @throws BacklogError `ticket-yaml`, `ticket-frontmatter-not-map` (exit 3)
 */
export const readFields: FieldReader = (text, block, file) => {
  let value: unknown;
  const refuse = (): never => {
    throw notYaml(file);
  };
  // Options are given, so gray-matter neither reads nor fills its cache.
  matter(text, {
    language: 'yaml',
    engines: {
      // What gray-matter hands over lacks the last line end, which leaves half of a CRLF; the block is the same text with it.
      yaml: {
        parse: () => {
          value = valuesOf(parseYaml(block.yaml, file), file);
          return {};
        },
        stringify: refuse,
      },
      json: { parse: refuse, stringify: refuse },
      javascript: { parse: refuse, stringify: refuse },
    },
  });
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return Object.fromEntries(Object.entries(value));
  throw ticketProblem(file, {
    code: 'ticket-frontmatter-not-map',
    line: 2,
    message: 'the front matter is no list of `key: value` lines',
    fix: `write the front matter of ${file} as \`key: value\` lines`,
  });
};

/**
 * Parses the block (YAML 1.2, core schema: dates stay strings, `no` stays a string).
 * @throws BacklogError `ticket-yaml` (exit 3) with the line in the file
 */
export function parseYaml(yaml: string, file: string): Document.Parsed<ParsedNode> {
  checkDepth(yaml, file);
  const counter = new LineCounter();
  let document: Document.Parsed<ParsedNode>;
  try {
    document = parseDocument(yaml, {
      version: '1.2',
      schema: 'core',
      resolveKnownTags: false,
      merge: false,
      uniqueKeys: true,
      strict: true,
      prettyErrors: false,
      keepSourceTokens: true,
      lineCounter: counter,
      // The library would print its warnings itself.
      logLevel: 'error',
    });
  } catch (error) {
    throw yamlProblem(file, 1, messageOf(error));
  }
  const problem = document.errors[0];
  if (problem) throw yamlProblem(file, counter.linePos(problem.pos[0]).line, problem.message);
  return document;
}

/** @throws BacklogError `ticket-yaml` for aliases that multiply or contain themselves */
export function valuesOf(document: Document.Parsed<ParsedNode>, file: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    // Throws for a value that contains itself.
    JSON.stringify(value);
    return value;
  } catch (error) {
    throw yamlProblem(file, 2, messageOf(error));
  }
}

const MAX_DEPTH = 50;

/** The library recurses; a few thousand brackets would exhaust the stack, and nobody nests a ticket that deep. */
function checkDepth(yaml: string, file: string): void {
  let open = 0;
  for (const [index, line] of yaml.split('\n').entries()) {
    let indents = 0;
    for (const character of line) {
      if (character === '[' || character === '{') open += 1;
      else if ((character === ']' || character === '}') && open > 0) open -= 1;
      else if (character === '-' || character === '?' || character === ':') indents += 1;
      if (open > MAX_DEPTH) throw yamlProblem(file, index + 1, 'nested too deep');
    }
    // Collections that begin on one line (`- - -`, `? ? ?`); keys within keys cost the library the square of their depth.
    const [begun = ''] = /^[ \t]*(?:[-?:][ \t]+)*/.exec(line) ?? [];
    if (begun.length > 2 * MAX_DEPTH && begun.replaceAll(/[ \t]/g, '').length > MAX_DEPTH)
      throw yamlProblem(file, index + 1, 'nested too deep');
    if (indents > 200 && /^[\s\-?:]{200}/.test(line)) throw yamlProblem(file, index + 1, 'nested too deep');
  }
}

function yamlProblem(file: string, line: number, message: string): Error {
  const text = message.split('\n', 1)[0] ?? '';
  return ticketProblem(file, {
    code: 'ticket-yaml',
    line,
    message: `the front matter is no valid YAML: ${text}`,
    fix: `mend line ${line} of ${file}; text with \`: \`, \` #\` or a special first character needs quotes`,
  });
}

function notYaml(file: string): Error {
  return ticketProblem(file, {
    code: 'ticket-frontmatter-language',
    line: 1,
    message: 'only YAML front matter is read',
    fix: 'make line 1 exactly `---` and write the front matter as YAML',
  });
}
