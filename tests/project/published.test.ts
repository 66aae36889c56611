import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { withKeyTables } from '../../scripts/config-doc.ts';
import { configFiles } from '../../scripts/config-files.ts';
import { parseConfig } from '../../src/project/config.ts';
import { acts, coveringName, effects } from '../../src/project/config-effects.ts';
import { newConfigText } from '../../src/project/new-config.ts';
import { configSchema } from '../../src/project/schema/config-schema.ts';
import { leafKeys } from '../../src/project/schema-walk.ts';
import { stacks } from '../../src/project/stack.ts';
import { repositoryRoot } from '../support/cli.ts';

const read = (name: string): string => readFileSync(path.join(repositoryRoot, name), 'utf8');
const keys = leafKeys(configSchema).map((key) => key.path);
const published: unknown = JSON.parse(read('config/backlog.config.schema.json'));
const accepts = new Ajv({ allErrors: true }).compile(Object(published));

describe('config/', () => {
  it.each(Object.entries(configFiles()))('%s is what `npm run schema` writes', (name, content) => {
    expect(read(name)).toBe(content);
  });

  it('has a preset for every stack and no others', () => {
    expect(readdirSync(path.join(repositoryRoot, 'config/presets')).sort()).toEqual(
      stacks.map((stack) => `${stack}.json`).sort(),
    );
  });

  it.each(stacks)('the preset of %s is valid, by our reader and by the schema, with no warning', (stack) => {
    const text = read(`config/presets/${stack}.json`);
    expect(parseConfig(text).warnings).toEqual([]);
    expect(accepts(JSON.parse(text)), JSON.stringify(accepts.errors)).toBe(true);
  });

  it.each([
    [{ version: '1.0', project: { name: 'x' } }, true],
    [{ version: '1.0', project: { name: 'x' }, extra: 1 }, false],
    [{ version: '1.0', project: {} }, false],
    [{ version: '3.0', project: { name: 'x' } }, false],
    [{ version: '1.0', project: { name: 'x' }, agentRouting: { extra: 1 } }, true],
    [{ version: '1.0', project: { name: 'x' }, qualityGates: { minNewTests: { bug: 1 } } }, false],
  ])('the schema and our reader agree on %j', (config, valid) => {
    expect(accepts(config)).toBe(valid);
    expect(reads(config)).toBe(valid);
  });
});

describe('effects', () => {
  it('every key either acts or has no effect yet', () => {
    expect(keys.filter((key) => coveringName(key) === undefined)).toEqual([]);
  });

  it('no name is left over from a key that is gone', () => {
    const used = new Set(keys.map(coveringName));
    expect(Object.keys(effects).filter((name) => !used.has(name))).toEqual([]);
  });

  it.each([true, false])('init writes no key without effect (llmOps: %s)', (llmOps) => {
    const text = newConfigText({
      name: 'x',
      stack: 'rust',
      prefixes: ['FEAT'],
      commands: { testCommand: 't', lintCommand: 'l', typeCheckCommand: 'c', buildCommand: 'b' },
      codeRules: true,
      setupCommand: 'npm ci',
      llmOps,
      local: true,
    });
    const written = paths(JSON.parse(text));
    expect(written.length).toBeGreaterThan(10);
    expect(written.filter((key) => !acts(key))).toEqual([]);
  });
});

describe('docs/config.md', () => {
  it('has the current tables of keys', () => {
    expect(withKeyTables(read('docs/config.md'))).toBe(read('docs/config.md'));
  });

  it('names every key', () => {
    const document = read('docs/config.md');
    expect(keys.filter((key) => !document.includes(`\`${key}\``))).toEqual([]);
  });

  it('shows an example that is valid and acts', () => {
    const example = /```json\n([^`]+)```/.exec(read('docs/config.md'))?.[1] ?? '';
    expect(parseConfig(example).warnings).toEqual([]);
    expect(accepts(JSON.parse(example))).toBe(true);
  });
});

describe('configurations of earlier tools', () => {
  it.each(['v1.0', 'v1.1'])('%s is read as it is', (name) => {
    const text = read(`tests/fixtures/config/${name}.json`);
    const { config } = parseConfig(text);
    expect(config.project.name).toBe('legacy-api');
    expect(accepts(JSON.parse(text)), JSON.stringify(accepts.errors)).toBe(true);
  });
});

function reads(config: unknown): boolean {
  try {
    parseConfig(JSON.stringify(config));
    return true;
  } catch {
    return false;
  }
}

function paths(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [prefix];
  return Object.entries(value).flatMap(([key, child]) =>
    paths(child, prefix === '' ? key : `${prefix}.${key}`),
  );
}
