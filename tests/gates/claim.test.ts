import { describe, expect, it } from 'vitest';
import type { GateCall } from '../../src/gates/call.ts';
import { LEASE_MS, readClaim } from '../../src/gates/claims.ts';
import { claimTicket, dropReservation, reservedByOthers } from '../../src/gates/reservation.ts';
import { reservations } from '../../src/gates/reservations.ts';
import { startWork } from '../../src/gates/start.ts';
import { openBacklog } from '../../src/tickets/store.ts';
import { planBacklog } from '../../src/waves/backlog-plan.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { writeFiles } from '../support/temp.ts';
import { callIn, callOfSession, project } from './support/project.ts';

const id = 'FEAT-001';
const now = new Date('2026-11-21T04:00:00.000Z');
const later = (hours: number) => () => new Date(now.getTime() + hours * 3_600_000);
const session = (root: string, name: string, hours = 0) => callOfSession(root, name, { clock: later(hours) });
const claim = (call: GateCall, hours = 2) =>
  claimTicket(call, id, { lease: hours * 3_600_000, renew: false });
const renew = (call: GateCall, hours = 2) => claimTicket(call, id, { lease: hours * 3_600_000, renew: true });
const start = (call: GateCall) => startWork(call, { ticketId: id, worktree: false, rebase: false });

describe('ticket claim', () => {
  it('keeps others from claiming and starting it until it ends', async () => {
    const root = project();
    const lease = await claim(session(root, 's1'));
    expect(lease).toMatchObject({ session_id: 's1', expires_at: '2026-11-21T06:00:00.000Z' });
    expect(readClaim(callIn(root).paths.opsDir, id)).toBeUndefined();
    for (const attempt of [claim, renew, start])
      await expect(attempt(session(root, 's2', 1))).rejects.toMatchObject({
        code: 'ticket-held',
        exitCode: 1,
      });
    await expect(dropReservation(session(root, 's2', 1), id)).rejects.toMatchObject({ code: 'ticket-held' });
    expect(await claim(session(root, 's2', 3))).toMatchObject({ session_id: 's2' });
  });

  it('is used up by its owner’s start, and renew goes on with the work', async () => {
    const root = project();
    await claim(session(root, 's1'));
    expect(await start(session(root, 's1', 1))).toMatchObject({
      what: 'started',
      claim: { session_id: 's1' },
    });
    expect(reservations(callIn(root).paths.opsDir, later(1)()).size).toBe(0);
    expect(await renew(session(root, 's1', 2), 20)).toMatchObject({ expires_at: '2026-11-22T02:00:00.000Z' });
    expect(readClaim(callIn(root).paths.opsDir, id)?.expires_at).toBe('2026-11-22T02:00:00.000Z');
    await expect(claim(session(root, 's2', 3))).rejects.toMatchObject({ code: 'ticket-held' });
  });

  it('renew needs a lease of one’s own, and makes it longer', async () => {
    const root = project();
    await expect(renew(session(root, 's1'))).rejects.toMatchObject({
      code: 'ticket-not-claimed',
      exitCode: 1,
    });
    await claim(session(root, 's1'));
    expect(await renew(session(root, 's1', 1))).toMatchObject({ expires_at: '2026-11-21T07:00:00.000Z' });
    await expect(renew(session(root, 's1', 9))).rejects.toMatchObject({ code: 'ticket-not-claimed' });
  });

  it('of two at the same moment one gets it', async () => {
    const root = project();
    const all = await Promise.allSettled(['s1', 's2', 's3', 's4'].map((name) => claim(session(root, name))));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('keeps a ticket out of the waves of others, not out of one’s own', async () => {
    const root = project();
    await claim(session(root, 's1'));
    const plan = async (call: GateCall) =>
      planBacklog(call, openBacklog(call.paths, call.config), {
        maxSlots: 3,
        reserved: await reservedByOthers(call),
      });
    expect((await plan(session(root, 's2'))).skipped).toMatchObject([
      { id, reason: expect.stringContaining('session s1') },
    ]);
    expect((await plan(session(root, 's1'))).skipped).toEqual([]);
    expect((await plan(session(root, 's2', 3))).skipped).toEqual([]);
  });

  it('a file that is none keeps nobody away', async () => {
    const root = project();
    for (const text of ['', '[]', '{"v":1}', `{"v":1,"ticket_id":"${id}","expires_at":7}`]) {
      writeFiles(root, { [`.backlog-ops/reservations/${id}.json`]: text });
      expect(reservations(callIn(root).paths.opsDir, now).size).toBe(0);
    }
    await expect(claim(session(root, 's1'))).resolves.toMatchObject({ session_id: 's1' });
  });

  it('through the command: claim, list, renew, release', async () => {
    const root = project();
    const run = (...args: string[]) => backlog(args, { cwd: root });
    const claimed = jsonOf(await run('ticket', 'claim', id, '--for', '2h', '--json'));
    expect(claimed).toMatchObject({ ticket_id: id, owner: { name: expect.any(String) } });
    const listed = jsonOf(await run('ticket', 'list', '--json'));
    expect(listed).toMatchObject({
      items: [{ id, held_by: expect.any(String), held_until: expect.any(String) }],
    });
    expect((await run('ticket', 'list')).stdout).toContain('held');
    const renewed = jsonOf(await run('ticket', 'renew', id, '--json'));
    const left = Date.parse(String(Reflect.get(renewed, 'expires_at'))) - Date.now();
    expect(left).toBeGreaterThan(LEASE_MS - 600_000);
    expect(await run('ticket', 'release', id)).toMatchObject({ exitCode: 0 });
    expect((await run('ticket', 'list')).stdout).not.toContain('held');
    expect(await run('ticket', 'claim', id, '--for', '8d')).toMatchObject({ exitCode: 2 });
  });
});
