/** The licences of the packages that are part of the bundle, as their terms demand. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundledPackage } from './packages.ts';

/** Throws where a package brings no licence of its own. */
export function thirdPartyNotices(root: string, packages: readonly BundledPackage[]): string {
  const notices = packages.map((one) => noticeOf(root, one));
  return `Tidewaiter contains these packages.\n\n${[...new Set(notices)].join('\n')}`;
}

function noticeOf(root: string, { name, version, license, folder }: BundledPackage): string {
  const path = join(root, folder);
  const file = readdirSync(path).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry));
  if (file === undefined && license === undefined) throw new Error(`${name} ${version} names no licence`);
  const text = file === undefined ? '' : `\n${readFileSync(join(path, file), 'utf8').trim()}\n`;
  return `${'-'.repeat(78)}\n${name} ${version} (${license ?? 'see below'})\n${text}`;
}
