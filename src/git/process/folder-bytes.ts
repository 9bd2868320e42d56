/** How much a folder holds. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Sum of the sizes of all files below; those that vanish meanwhile count nothing. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []); // gone
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = await stat(join(parentPath, name)).catch(() => undefined); // gone meanwhile
      return file?.size ?? 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
