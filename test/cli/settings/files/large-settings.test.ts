/** Settings files of a size that would hold up whoever reads them in place: fault A6. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileThread } from '../../../../src/cli/process/file-thread.ts';
import { loadRegistries } from '../../../../src/cli/settings/files/registries-conf.ts';
import { loadCommitTemplate } from '../../../../src/cli/settings/files/settings-files.ts';
import { makeManualClock } from '../../../fakes/clock.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const worker = new URL('../../../../src/file-worker.ts', import.meta.url);

describe('fault A6: a large registries.conf', () => {
  it.each([
    [
      'of 2,000 entries is read',
      (i: number) => `- {name: r${i}, api_url: "https://r${i}.test", prefix: r${i}.test}`,
      undefined,
    ],
    ['of mistakes is refused', () => '- {}', 'registry name is missing for entry 1'],
  ])('%s in a thread', async (_, entry, mistake) => {
    const path = join(temporaryFolder(), 'registries.conf');
    writeFileSync(path, `registries:\n${Array.from({ length: 2_000 }, (__, i) => entry(i)).join('\n')}\n`);
    const files = new FileThread(worker, makeManualClock());
    onTestFinished(() => files.close());

    const loaded = await loadRegistries({ path, isGiven: true }, undefined, (place, text) =>
      files.perform('registries', new Map([[place, text]]), undefined),
    );

    if (mistake === undefined)
      expect(loaded).toMatchObject({
        ok: true,
        value: { note: `Loaded 2000 registry configurations from ${path}` },
      });
    else expect(loaded).toMatchObject({ ok: false, failure: { message: expect.stringContaining(mistake) } });
  });
});

describe('fault A6: a commit template', () => {
  it('above 16 KiB is refused', async () => {
    const path = join(temporaryFolder(), 'commit.template');
    writeFileSync(path, '{{.AppName}}'.repeat(2_000));

    expect(await loadCommitTemplate(path)).toMatchObject({
      ok: false,
      failure: { message: `${path}: larger than 16384 bytes` },
    });
  });
});
