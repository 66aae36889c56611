import { createRequire } from 'node:module';

/** A new random id (UUID v4). */
export function newId(): string {
  return crypto().randomUUID();
}

/** Lower-case hexadecimal SHA-256. */
export function sha256(content: string | Uint8Array): string {
  return crypto().hash('sha256', content, 'hex');
}

let temporaries = 0;

/**
 * A part of a file name that no other process, and no other call of this one, has at the same time. For temporary files that
 * are opened exclusively: it may be guessed, so it keeps no secret.
 */
export function temporaryName(): string {
  temporaries += 1;
  return `${process.pid}-${process.hrtime.bigint().toString(36)}-${temporaries}`;
}

/** Loaded where it is needed only: hooks write files before each tool call, and a file's name needs no cryptography. */
function crypto(): typeof import('node:crypto') {
  return createRequire(import.meta.url)('node:crypto');
}
