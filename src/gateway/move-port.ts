import { messageOf } from '../platform/errors.ts';
import { gatewayPrefix } from '../project/gateway-address.ts';
import { checkSettings, envIn, planSettings, writeSettings } from './client-settings.ts';
import { writeJson } from './own-files.ts';
import { baseUrl } from './prefix.ts';
import { allReceipts, type KeptReceipt } from './receipts.ts';

/** What became of the settings files that named the gateway's old port. */
export interface Moved {
  /** Files that name the new one. */
  readonly moved: readonly string[];
  /** Files that still name the old one: their sessions reach nobody. */
  readonly left: readonly { readonly file: string; readonly problem: string }[];
}

/**
 * Lets all settings that we have written name this port: there is one gateway for all projects. Values that somebody else has
 * put there since stay.
 * @param except the file that names it already
 */
export function movePort(home: string, port: number, except: string): Moved {
  const moved: string[] = [];
  const left: { file: string; problem: string }[] = [];
  for (const kept of allReceipts(home)) {
    const { file, env } = kept.receipt;
    const old = env.ANTHROPIC_BASE_URL;
    const prefix = gatewayPrefix(old);
    const address = prefix === undefined ? old : baseUrl(port, prefix);
    if (address === undefined || address === old || file === except) continue;
    try {
      checkSettings(file);
      if (envIn(file).ANTHROPIC_BASE_URL !== old) continue;
      rewrite(kept, { ...env, ANTHROPIC_BASE_URL: address });
      moved.push(file);
    } catch (error) {
      // The others are moved all the same.
      left.push({ file, problem: messageOf(error) });
    }
  }
  return { moved, left };
}

function rewrite({ file: keptFile, receipt }: KeptReceipt, env: Readonly<Record<string, string>>): void {
  const next = planSettings(receipt.file, { env, statusLine: receipt.statusLine ?? undefined }, receipt);
  // As when it was enabled: first what stood there.
  writeJson(keptFile, next);
  try {
    writeSettings(next);
  } catch (error) {
    writeJson(keptFile, receipt);
    throw error;
  }
}
