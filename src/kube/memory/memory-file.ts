/** Memory of policies in a file of the cache directory: for Applications from files, and beside the ConfigMaps. */
import { configFailure, Failed } from '../../core/base/outcome.ts';
import { emptyMemory, type Memory, printMemory, readMemory } from '../../core/policy/memory/memory.ts';
import { PrivateFile } from '../../net/disk/private-file.ts';
import type { PolicyMemory } from '../../ports/policy-memory.ts';

const fileName = 'policy-memory.txt';
const maxFileBytes = 64 << 20;

/** A process reads it once: what is written to it by others is lost. */
export function makeMemoryFile(directory: string): PolicyMemory {
  const file = new PrivateFile(directory, fileName, maxFileBytes);
  const place = `${directory}/${fileName}`;
  let written: string | undefined;
  return {
    place,
    async read() {
      const text = await orFailed(`read ${place}`, async () => file.read() ?? '');
      written = text;
      return readMemory(text);
    },
    async write(memory: Memory) {
      const text = printMemory(memory);
      if (text === (written ?? '')) return emptyMemory;
      await orFailed(`write ${place}`, () => file.write([text]));
      written = text;
      return emptyMemory;
    },
  };
}

async function orFailed<Result>(doing: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const advice = 'check --cache-dir: it has to be a folder that this program alone may write to';
    throw new Failed(configFailure(`${doing}: ${words}`, undefined, advice), error);
  }
}
