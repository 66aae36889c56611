import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isReceipt, type SettingsReceipt, type SettingsScope, settingsFile } from './client-settings.ts';
import { readJson } from './own-files.ts';
import { digestOf, prefixOf } from './prefix.ts';
import { gatewayDir } from './routes.ts';

/** What was written into one settings file, kept in the home folder until it is taken out again. */
export interface KeptReceipt {
  readonly file: string;
  readonly scope: SettingsScope;
  readonly receipt: SettingsReceipt;
}

const receiptsDir = (home: string): string => path.join(gatewayDir(home), 'receipts');

/** @param root folder of the project's configuration; the name is for people, the digest of the place finds it again */
export function receiptFile(home: string, root: string, name: string, scope: SettingsScope): string {
  return path.join(receiptsDir(home), `${prefixOf(root, name)}.${scope}.json`);
}

export function receiptsOf(home: string, root: string): KeptReceipt[] {
  const digest = digestOf(root);
  return receipts(home, (name) => name.includes(`-${digest}.`)).filter(
    ({ receipt, scope }) => receipt.file === settingsFile(root, scope),
  );
}

export function allReceipts(home: string): KeptReceipt[] {
  return receipts(home, () => true);
}

function receipts(home: string, wanted: (name: string) => boolean): KeptReceipt[] {
  const folder = receiptsDir(home);
  const names = existsSync(folder) ? readdirSync(folder).filter(wanted).sort() : [];
  return names.flatMap((name) => {
    const scope = /\.(local|project)\.json$/.exec(name)?.[1];
    const receipt = scope === undefined ? undefined : readJson(path.join(folder, name));
    if ((scope !== 'local' && scope !== 'project') || !isReceipt(receipt)) return [];
    return [{ file: path.join(folder, name), scope, receipt }];
  });
}
