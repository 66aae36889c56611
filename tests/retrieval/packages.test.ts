import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requestReview } from '../../src/gates/review-request.ts';
import { atTerminal, id, linted } from '../gates/support/journey.ts';
import { project } from '../gates/support/project.ts';
import { backlog, jsonOf } from '../support/cli.ts';

const helper = {
  'src/discount.js':
    '/** What a basket costs after its discount. */\nexport const discounted = (price) => price;\n',
};
const rag = (enabled: boolean) => ({ version: '1.1', llmOps: { ragPolicy: { enabled } } });

describe('with llmOps.ragPolicy.enabled', () => {
  it('a reviewer sees the code around the change, and not the changed files again', async () => {
    const packageOf = async (enabled: boolean) => {
      const root = await linted({ files: helper, config: rag(enabled) });
      const round = await requestReview(atTerminal(root), id);
      return { round, text: readFileSync(round.packages[0]?.file ?? '', 'utf8') };
    };
    const [on, off] = [await packageOf(true), await packageOf(false)];
    const heading = '## Code around the change, as it is now';
    expect(on.text).toContain(
      `${heading}\n\nsrc/discount.js:1-2\n\n\`\`\`\n${helper['src/discount.js'].trimEnd()}`,
    );
    expect(on.round.relatedCode.map(({ path }) => path)).not.toContain('src/basket.js');
    expect(off.round.relatedCode).toEqual([]);
    const withoutIds = (text: string) => text.replaceAll(/[0-9a-f-]{36}/g, 'id');
    const section = on.text.slice(on.text.indexOf(heading), on.text.indexOf('A finding names a line'));
    expect(withoutIds(on.text.replace(section, ''))).toBe(withoutIds(off.text));
  });

  it('an implementer is given a file with the code around its ticket', async () => {
    const ask = async (enabled: boolean) => {
      const root = project({ files: helper, config: rag(enabled) });
      return jsonOf(await backlog(['route', id, '--json'], { cwd: root }));
    };
    const { context, ...rest } = await ask(true);
    expect(readFileSync(String(context), 'utf8')).toContain('src/discount.js:1-2');
    expect(Object.keys(await ask(false))).toEqual(Object.keys(rest));
  });
});
