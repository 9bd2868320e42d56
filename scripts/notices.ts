/** The licences of the packages that are part of the bundle, as their terms demand. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** Sorted by name and version. Throws where a package brings no licence of its own. */
export function thirdPartyNotices(root: string, { outputs }: Metafile): string {
  const folders = new Set(
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).flatMap((path) => packageFolder(path)),
    ),
  );
  const notices = [...folders].map((folder) => noticeOf(join(root, folder))).toSorted();
  return `Tidewaiter contains these packages.\n\n${[...new Set(notices)].join('\n')}`;
}

function packageFolder(path: string): readonly string[] {
  const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
  return folder === undefined ? [] : [folder];
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry));
  if (file === undefined && license === undefined) throw new Error(`${name} ${version} names no licence`);
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${'-'.repeat(78)}\n${name} ${version} (${license ?? 'see below'})\n${text}`;
}
