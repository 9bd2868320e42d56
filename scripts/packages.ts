/** The packages whose code is part of a bundle. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** Absent where its package.json names none. */
  readonly license?: string;
  /** Below the root, such as `node_modules/zod`. */
  readonly folder: string;
}

/** Sorted by name and version. */
export function bundledPackages(root: string, { outputs }: Metafile): readonly BundledPackage[] {
  const paths = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Set(paths.flatMap(packageFolder));
  return [...folders]
    .map((folder) => readPackage(root, folder))
    .toSorted((one, other) => compare(one.name, other.name) || compare(one.version, other.version));
}

function packageFolder(path: string): readonly string[] {
  const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
  return folder === undefined ? [] : [folder];
}

function readPackage(root: string, folder: string): BundledPackage {
  const text = readFileSync(join(root, folder, 'package.json'), 'utf8');
  const { name, version, license } = JSON.parse(text) as Omit<BundledPackage, 'folder'>;
  return { name, version, folder, ...(license === undefined ? {} : { license }) };
}

/** By code unit: the same everywhere. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
