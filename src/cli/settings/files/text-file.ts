/** Reads a text file that a setting names. */
import { open } from 'node:fs/promises';
import { configFailure, fail, type Outcome, succeed } from '../../../core/base/outcome.ts';

const maxFileBytes = 1024 * 1024;

/** null: there is no such file, or it is a folder. Other troubles and files above 1 MiB are failures. */
export async function readTextFile(path: string): Promise<Outcome<string | null>> {
  try {
    await using file = await open(path);
    const stat = await file.stat();
    if (stat.isDirectory()) return succeed(null);
    if (stat.size > maxFileBytes) return fail(configFailure(`${path}: larger than ${maxFileBytes} bytes`));
    return succeed(await file.readFile('utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return succeed(null);
    const message = error instanceof Error ? error.message : String(error);
    return fail(configFailure(`${path}: ${message}`));
  }
}
