import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import type { LedgerRecord } from '../../src/ledger/record.ts';
import { tempDir } from '../support/temp.ts';

it('the gateway tells of a request that it has refused, in a project or not', async () => {
  const told: [LedgerRecord, unknown][] = [];
  const gateway = await openGateway({
    home: path.join(tempDir(), 'home'),
    env: {},
    port: 0,
    version: '1',
    admission: { admit: async () => ({ message: 'the day is spent' }) },
    onRecord: (record, config) => told.push([record, config]),
  });
  onTestFinished(async () => {
    await gateway.close(0);
  });
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [] }),
  });
  expect(answer.status).toBe(402);
  expect(told).toEqual([[expect.objectContaining({ status: 'blocked', http_status: 402 }), undefined]]);
});
