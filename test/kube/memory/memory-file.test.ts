/** Memory of policies in a file of the cache directory. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeMemoryFile } from '../../../src/kube/memory/memory-file.ts';
import { memoryOf, policyMemoryContract, seen, textIn } from '../../contracts/policy-memory.ts';
import { failureOf, never, temporaryFolder } from '../fixtures.ts';

policyMemoryContract('a file', async () => {
  const folder = join(temporaryFolder(), 'cache');
  return () => makeMemoryFile(folder);
});

describe('a file of memory', () => {
  it('is read by nobody else, and is not written without a change', async () => {
    const folder = join(temporaryFolder(), 'cache');
    const memory = makeMemoryFile(folder);
    await memory.write(memoryOf(seen('2.1.5')), never);
    const { mode, ino } = statSync(join(folder, 'policy-memory.txt'));

    await memory.write(memoryOf(seen('2.1.5')), never);

    expect(mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'policy-memory.txt')).ino).toBe(ino);
  });

  it('AG-10: keeps tags of which only a list told', async () => {
    const folder = join(temporaryFolder(), 'cache');
    await makeMemoryFile(folder).write(memoryOf('seen ghcr.io/acme/web 2.9.0 - 12'), never);

    expect(await textIn(makeMemoryFile(folder))).toBe('seen ghcr.io/acme/web 2.9.0 - 12\n');
  });

  it('that cannot be written: names it and what to check', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'cache'), 'a file, no folder');

    const failure = await failureOf(
      makeMemoryFile(join(folder, 'cache')).write(memoryOf(seen('2.1.5')), never),
    );

    expect(failure.message).toContain(`write ${folder}/cache/policy-memory.txt`);
    expect(failure).toMatchObject({ advice: expect.stringContaining('--cache-dir') });
  });
});
