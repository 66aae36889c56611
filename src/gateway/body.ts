import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';

/** As much as the vendor's own gateway takes, in bytes: 32 MiB. */
export const MOST_BODY_BYTES = 32 * 1024 * 1024;

export type Body = { readonly bytes: Buffer } | 'too-large' | 'client-gone';

/** The whole body of a request: it is looked at before its headers go on, because they carry what it says. */
export function readBody(request: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) return resolve('too-large');
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BODY_BYTES) {
        request.removeAllListeners('data');
        resolve('too-large');
      } else chunks.push(chunk);
    });
    request.on('end', () =>
      resolve({ bytes: chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks) }),
    );
    request.on('error', () => resolve('client-gone'));
    request.on('close', () => resolve('client-gone'));
  });
}

/** The body as JSON text, for looking into it; what goes on is always the bytes that came. Nearly always they are it, at once. */
export function readable(bytes: Buffer, encoding: string): Buffer | Promise<Buffer> {
  if (encoding === '' || encoding === 'identity') return bytes;
  return encoding === 'gzip' ? unzipped(bytes) : Buffer.alloc(0);
}

async function unzipped(bytes: Buffer): Promise<Buffer> {
  const unzip = createGunzip();
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    unzip.end(bytes);
    for await (const chunk of unzip) {
      length += chunk.length;
      if (length > MOST_BODY_BYTES) return Buffer.alloc(0);
      chunks.push(chunk);
    }
  } catch {
    return Buffer.alloc(0);
  }
  return Buffer.concat(chunks);
}
