import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { makeFolders } from '../platform/files.ts';

/** A log file begins anew at this size, in bytes; so many older ones are kept. */
const MOST_BYTES = 5 * 1024 * 1024;
const KEPT = 3;

/** The files of a log, oldest first; each may be missing. */
export function logFiles(file: string): readonly string[] {
  const older = Array.from({ length: KEPT }, (_, index) => `${file}.${KEPT - index}`);
  return [...older, file];
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface SystemLog {
  debug(event: string, data?: object): void;
  info(event: string, data?: object): void;
  warn(event: string, data?: object): void;
  error(event: string, data?: object): void;
  close(): void;
}

/** The level that `BACKLOG_LOG_LEVEL` asks for; `info` without it. */
export function logLevel(env: NodeJS.ProcessEnv): LogLevel {
  return logLevels.find((level) => level === env.BACKLOG_LOG_LEVEL) ?? 'info';
}

/**
 * The log of a long-running command: one JSON object a line, `{level, time, event, …}`. Written by pino without its worker
 * threads, which a bundle cannot load, and rotated here by size. Whatever may hold a credential is never handed to it, and what
 * has such a name is struck out all the same.
 */
export function openLog(file: string, level: LogLevel): SystemLog {
  makeFolders(path.dirname(file), 0o700);
  rotate(file);
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600, append: true });
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'event',
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets, censor: '[redacted]' },
    },
    destination,
  );
  let written = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const write =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, data: object = {}) => {
      logger[name](data, event);
      written += 200 + JSON.stringify(data).length;
      if (written < MOST_BYTES) return;
      written = 0;
      if (rotate(file)) destination.reopen();
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    close: () => destination.end(),
  };
}

const secrets = [
  'authorization',
  'apiKey',
  'token',
  'key',
  '*.authorization',
  '*.apiKey',
  '*.token',
  '*.key',
];

/** @returns whether the file was moved away */
function rotate(file: string): boolean {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < MOST_BYTES) return false;
  rmSync(`${file}.${KEPT}`, { force: true });
  for (let number = KEPT - 1; number >= 1; number -= 1)
    if (existsSync(`${file}.${number}`)) renameSync(`${file}.${number}`, `${file}.${number + 1}`);
  renameSync(file, `${file}.1`);
  return true;
}
