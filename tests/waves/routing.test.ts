import { describe, expect, it } from 'vitest';
import { routeAgent } from '../../src/waves/agent-rules.ts';
import { agentTypeOf } from '../../src/waves/agent-type.ts';
import { pipelineOf } from '../../src/waves/pipeline.ts';
import { candidate, configWith } from './support.ts';

describe('agent types', () => {
  it.each([
    [['a.tsx', 'b.css', 'c.py'], 'frontend'],
    [['a.py', 'b.tsx'], 'frontend'],
    [['a.go', 'main.tf'], 'backend'],
    [['a.ts'], 'backend'],
    [['A.java', 'b.yml', 'c.php'], 'backend'],
    [['Dockerfile', 'docker-compose.prod.yml'], 'devops'],
    [['train.py', 'a.py'], 'ml-engineer'],
    [['user_model.py'], 'ml-engineer'],
    [['model_a.go', 'x.ipynb'], 'ml-engineer'],
    [['data-modelling.txt'], 'ml-engineer'],
    [['restrained.py'], 'backend'],
    [['README', 'a.xyz'], 'general-purpose'],
    [[], 'general-purpose'],
  ])('%j → %s', (files, type) => {
    expect(agentTypeOf(files)).toBe(type);
  });

  const routed = (agentRouting: object, parts: Parameters<typeof candidate>[1] = {}) =>
    routeAgent(candidate('BUG-7', { files: ['src/ui/a.tsx'], ...parts }), configWith({ agentRouting }));

  it('takes the first rule that fits, by prefix, tag or file', () => {
    const rules = [
      { pattern: 'SEC*', agent: 'security-reviewer' },
      { pattern: 'legacy', agent: 'archaeologist' },
      { pattern: 'docs/**, *.tsx', agent: 'designer', label: 'screens' },
      { pattern: 'BUG*', agent: 'investigator' },
    ];
    expect(routed({ rules })).toEqual({ agentType: 'designer', why: 'agentRouting.rules[2] (screens)' });
    expect(routed({ rules }, { tags: ['legacy'] }).agentType).toBe('archaeologist');
    expect(routed({ rules }, { files: ['a.c'] }).agentType).toBe('investigator');
  });

  it('takes the override of the prefix before any rule', () => {
    const rules = [{ pattern: 'BUG*', agent: 'investigator' }];
    expect(routed({ rules, overrides: { BUG: { agent: 'fixer' } } }).agentType).toBe('fixer');
  });
});

describe('pipelines', () => {
  it.each([
    ['FEAT-1', { files: ['a.ts'] }, 'fast'],
    ['FEAT-1', { files: ['a.ts', 'b.ts', 'c.ts'] }, 'fast'],
    ['FEAT-1', { files: ['a.ts', 'b.ts', 'c.ts', 'd.ts'] }, 'full'],
    ['FEAT-1', { files: ['src/auth/login.ts'] }, 'full'],
    ['FEAT-1', { files: ['src/billing.ts'] }, 'full'],
    ['SEC-1', { files: [] }, 'full'],
    ['FEAT-1', { tags: ['security'] }, 'full'],
  ])('%s with %j goes %s', (id, parts, pipeline) => {
    expect(pipelineOf(candidate(id, parts)).pipeline).toBe(pipeline);
  });
});
