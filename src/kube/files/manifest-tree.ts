/** Finds and reads manifest files: given files, and folders down to their last level, within bounds. */
import type { Dirent, Stats } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isRecord } from '../../core/base/json.ts';

export interface ManifestFile {
  readonly path: string;
  readonly text: string;
}

/** What could not be read, and why. */
export interface PathProblem {
  readonly path: string;
  readonly message: string;
}

export interface TreeReport {
  readonly problems: readonly PathProblem[];
  /** Files that were read. */
  readonly files: number;
  /** Files that were passed over because of their names. */
  readonly passedOver: readonly string[];
}

export interface TreeLimits {
  readonly maxDepth: number;
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  readonly maxTotalBytes: number;
}

export const standardTreeLimits: TreeLimits = {
  maxDepth: 16,
  maxFiles: 10_000,
  maxFileBytes: 8 << 20, // parsing more than that as YAML holds up everything else for seconds
  maxTotalBytes: 128 << 20,
};

/**
 * A path is a file (any name) or a folder, of which the files `*.yaml`, `*.yml` and `*.json` are taken, folder by
 * folder in the order of their names. Names that start with a dot are left out, which also gives the right view of
 * a mounted ConfigMap. Symbolic links are followed only to places inside the given folder.
 */
export async function readManifestFiles(
  paths: readonly string[],
  limits: TreeLimits,
  receive: (file: ManifestFile) => unknown,
): Promise<TreeReport> {
  const reading = new TreeReading(limits, receive);
  for (const path of paths) await reading.start(path);
  const { problems, files, passedOver } = reading;
  return { problems, files, passedOver };
}

class TreeReading {
  readonly problems: PathProblem[] = [];
  readonly passedOver: string[] = [];
  files = 0;
  readonly #limits: TreeLimits;
  readonly #receive: (file: ManifestFile) => unknown;
  readonly #seenFolders = new Set<string>();
  #bytes = 0;

  constructor(limits: TreeLimits, receive: (file: ManifestFile) => unknown) {
    this.#limits = limits;
    this.#receive = receive;
  }

  async start(path: string): Promise<void> {
    await this.#attempt(path, async () => {
      const stats = await stat(path);
      if (stats.isDirectory()) await this.#folder(path, await realpath(path), 0);
      else await this.#file(path, stats);
    });
  }

  async #folder(path: string, root: string, depth: number): Promise<void> {
    const real = await realpath(path);
    if (this.#seenFolders.has(real)) return;
    this.#seenFolders.add(real);
    if (depth > this.#limits.maxDepth) {
      this.#refuse(path, `deeper than ${this.#limits.maxDepth} folders: not read`);
      return;
    }
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.toSorted(byName)) {
      if (entry.name.startsWith('.')) continue;
      const child = join(path, entry.name);
      await this.#attempt(child, () => this.#entry(child, entry, root, depth));
    }
  }

  async #entry(path: string, entry: Dirent, root: string, depth: number): Promise<void> {
    if (entry.isSymbolicLink() && !isInside(await realpath(path), root)) {
      this.#refuse(path, 'a symbolic link that leaves the folder: not followed');
      return;
    }
    const stats = await stat(path);
    if (stats.isDirectory()) await this.#folder(path, root, depth + 1);
    else if (/\.(?:ya?ml|json)$/i.test(entry.name)) await this.#file(path, stats);
    else if (this.passedOver.length < this.#limits.maxFiles) this.passedOver.push(path);
  }

  async #file(path: string, stats: Stats): Promise<void> {
    const { maxFiles, maxFileBytes, maxTotalBytes } = this.#limits;
    if (!stats.isFile()) return this.#refuse(path, 'neither a file nor a folder');
    if (stats.size > maxFileBytes) return this.#refuse(path, `larger than ${maxFileBytes} bytes: not read`);
    if (this.files >= maxFiles) return this.#refuse(path, `more than ${maxFiles} files: not read`);
    this.files += 1;
    this.#bytes += stats.size;
    if (this.#bytes > maxTotalBytes)
      return this.#refuse(path, `more than ${maxTotalBytes} bytes in all: not read`);
    await this.#receive({ path, text: await readFile(path, 'utf8') });
  }

  async #attempt(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (fault) {
      this.#refuse(path, systemWords(fault));
    }
  }

  #refuse(path: string, message: string): void {
    this.problems.push({ path, message });
  }
}

/** Code-unit order: the same on every machine. */
function byName(a: Dirent, b: Dirent): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Only faults of the file system are a file's own; anything else is ours. */
function systemWords(fault: unknown): string {
  const code =
    isRecord(fault) || fault instanceof Error ? (fault as { readonly code?: unknown }).code : undefined;
  if (typeof code !== 'string') throw fault;
  if (code === 'ENOENT') return 'no such file or folder';
  return code === 'EACCES' ? 'permission denied' : `cannot be read (${code})`;
}
