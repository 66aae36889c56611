import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import type { GateCall } from './call.ts';
import type { ReviewRequest } from './review-round.ts';

/** @throws BacklogError `review-request-not-found` (exit 3) */
export function readRequest(call: GateCall, id: string): ReviewRequest {
  const text = /^[0-9a-f-]{36}$/.test(id) ? readTextIfExists(requestFile(call, id)) : undefined;
  const request = text === undefined ? undefined : parseRequest(text);
  if (request !== undefined) return request;
  throw new BacklogError({
    code: 'review-request-not-found',
    message: `there is no review request ${id.slice(0, 60)}`,
    fix: 'backlog review request <ticket> makes one, and prints its id',
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** Where a request is kept. */
export function requestFile(call: GateCall, id: string): string {
  return path.join(call.paths.opsDir, 'reviews', `${id}.json`);
}

function parseRequest(text: string): ReviewRequest | undefined {
  try {
    return requestOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Requests of earlier versions had one reviewer each. */
function requestOf(value: unknown): ReviewRequest | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const text = (key: string): string => (typeof fields[key] === 'string' ? fields[key] : '');
  const id = text('id');
  const request: ReviewRequest = {
    v: 1,
    id,
    round: text('round') || id,
    ticket_id: text('ticket_id'),
    reviewer: text('reviewer') || null,
    required: fields.required !== false,
    reviewers: Array.isArray(fields.reviewers) ? fields.reviewers.map(String) : [],
    tree: text('tree'),
    diff: text('diff'),
    base_commit: text('base_commit'),
    reviewed_tree: text('reviewed_tree') || null,
    created_at: text('created_at'),
  };
  const { ticket_id, tree, diff, base_commit, created_at } = request;
  const complete = [id, ticket_id, tree, diff, base_commit, created_at].every((one) => one !== '');
  return fields.v === 1 && complete ? request : undefined;
}
