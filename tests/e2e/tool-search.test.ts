import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFiles } from '../support/temp.ts';
import { needsClient, needsOldestClient, oldestClient } from './support/client.ts';
import { routeThroughGateway, stopGateway } from './support/gateway.ts';
import { makeSandbox, playSession, type Sandbox } from './support/session.ts';
import { shopWithTickets } from './support/shop.ts';

// Why `gateway enable` sets ENABLE_TOOL_SEARCH: tools of MCP servers in each request, with and without it.

const TOOLS = 60;
const server = `
const tools = Array.from({ length: ${TOOLS} }, (_, index) => ({
  name: 'tool_' + index, description: 'does one thing. '.repeat(20), inputSchema: { type: 'object' },
}));
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'many', version: '1.0.0' },
  }),
  'tools/list': () => ({ tools }),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const result = answers[method]?.(params) ?? {};
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
});
`;

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
  await shopWithTickets(sandbox, []);
  writeFiles(sandbox.root, {
    'server.cjs': server,
    'mcp.json': JSON.stringify({
      mcpServers: { many: { command: process.execPath, args: [path.join(sandbox.root, 'server.cjs')] } },
    }),
  });
});
afterEach(async () => {
  await stopGateway(sandbox);
  await sandbox.remove();
});

/** How many tools of the server the client's request lists. */
async function listed(value: string | undefined, binary?: string): Promise<number> {
  if (value !== undefined)
    writeFiles(sandbox.project, {
      '.claude/settings.local.json': JSON.stringify({ env: { ENABLE_TOOL_SEARCH: value } }),
    });
  const session = await playSession(sandbox, {
    prompt: 'go',
    story: { main: [{ says: 'hello' }] },
    before: routeThroughGateway(sandbox),
    args: ['--mcp-config', path.join(sandbox.root, 'mcp.json')],
    binary,
  });
  expect(session.problems).toEqual([]);
  const tools = session.requests.flatMap((request) => request.body.tools ?? []);
  expect(tools.length).toBeGreaterThan(5);
  return tools.filter(({ name }) => name.startsWith('mcp__many__')).length;
}

describe('the tools of an MCP server, through the gateway, with the oldest client', () => {
  beforeEach(needsOldestClient);
  it.each([
    ['all listed', undefined, TOOLS],
    ['searched for where it is told to', 'true', 0],
  ] as const)('are %s', async (_what, value, wanted) => {
    expect(await listed(value, oldestClient)).toBe(wanted);
  });
});

describe('the tools of an MCP server, through the gateway, with the newest client', () => {
  beforeEach(needsClient);
  it.each([
    ['searched for by itself', undefined, 0],
    ['searched for where it is told to', 'true', 0],
    ['all listed where it is told not to', 'false', TOOLS],
  ] as const)('are %s', async (_what, value, wanted) => {
    expect(await listed(value)).toBe(wanted);
  });
});
