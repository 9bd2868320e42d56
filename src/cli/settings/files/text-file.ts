/** Reads a text file that a setting names. */
import { open } from 'node:fs/promises';
import { configFailure, fail, type Outcome, succeed } from '../../../core/base/outcome.ts';

const standardMaxBytes = 1024 * 1024;

/** null: there is no such file, or it is a folder. Other troubles and larger files are failures. */
export async function readTextFile(
  path: string,
  maxBytes = standardMaxBytes,
): Promise<Outcome<string | null>> {
  try {
    await using file = await open(path);
    const stat = await file.stat();
    if (stat.isDirectory()) return succeed(null);
    if (stat.size > maxBytes) return fail(configFailure(`${path}: larger than ${maxBytes} bytes`));
    return succeed(await file.readFile('utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return succeed(null);
    const message = error instanceof Error ? error.message : String(error);
    return fail(configFailure(`${path}: ${message}`));
  }
}
