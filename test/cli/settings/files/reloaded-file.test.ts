/** Files of settings that are replaced while the program runs. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFailure, fail, succeed } from '../../../../src/core/base/outcome.ts';
import { ReloadedFile } from '../../../../src/cli/settings/files/reloaded-file.ts';
import { readTextFile } from '../../../../src/cli/settings/files/text-file.ts';
import { temporaryFolder } from '../../start-program.ts';

const nowMs = Date.UTC(2026, 2, 1);

/** A text that must not be "broken". */
async function open(path: string, besides: readonly string[] = []) {
  const said: string[] = [];
  let loads = 0;
  const opened = await ReloadedFile.open({
    path,
    besides,
    load: async (from) => {
      loads += 1;
      const text = await readTextFile(from);
      if (!text.ok) return text;
      return text.value === 'broken'
        ? fail(configFailure('line 1: broken'))
        : succeed({ value: text.value, warnings: [] });
    },
    log: {
      info: (message) => said.push(message),
      warning: (message) => said.push(message),
      error: (message) => said.push(message),
    },
    now: () => nowMs,
  });
  return { opened, said, loads: () => loads };
}

async function opened(path: string, besides: readonly string[] = []) {
  const { opened: outcome, said, loads } = await open(path, besides);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return { file: outcome.value, said, loads };
}

/** As the kubelet mounts a ConfigMap: the file is a link through `..data`, which comes to point to another folder. */
function mounted(text: string) {
  const folder = temporaryFolder();
  let versions = 0;
  const publish = (next: string | null) => {
    versions += 1;
    const version = `..2026_${versions}`;
    mkdirSync(join(folder, version));
    if (next !== null) writeFileSync(join(folder, version, 'conf'), next);
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  publish(text);
  symlinkSync(join('..data', 'conf'), join(folder, 'conf'));
  return { path: join(folder, 'conf'), publish };
}

describe('a file of settings (issue 10, 4)', () => {
  it('is read once while it stays the same', async () => {
    const { path } = mounted('one');
    const { file, loads, said } = await opened(path);

    expect([await file.current(), await file.current()]).toEqual(['one', 'one']);
    expect([loads(), said]).toEqual([1, []]);
  });

  it('takes effect when its link comes to point elsewhere', async () => {
    const { path, publish } = mounted('one');
    const { file, said } = await opened(path);

    publish('two');

    expect(await file.current()).toBe('two');
    expect(said).toEqual(['Settings are read again']);
  });

  it('stays as it was while its new version is broken, which is told once', async () => {
    const { path, publish } = mounted('one');
    const { file, said } = await opened(path);

    publish('broken');

    expect([await file.current(), await file.current(), file.refusal]).toEqual([
      'one',
      'one',
      { message: expect.stringMatching(/conf is not used, .*line 1: broken$/) as string, sinceMs: nowMs },
    ]);
    expect(said).toEqual([
      `The new version of ${path} is not used, the one before stays in force: line 1: broken`,
    ]);
    publish('two');
    expect([await file.current(), file.refusal]).toEqual(['two', undefined]);
  });

  it('has others beside it: a change of either is a new version', async () => {
    const folder = temporaryFolder();
    const [path, other] = [join(folder, 'conf'), join(folder, 'more')];
    for (const each of [path, other]) writeFileSync(each, 'one');
    const { file, loads } = await opened(path, [other]);

    await file.current();
    expect(loads()).toBe(1);
    writeFileSync(other, 'another');
    await file.current();
    rmSync(other);
    await file.current();

    expect(loads()).toBe(3);
  });

  it('that goes, and comes back, takes effect both times', async () => {
    const { path, publish } = mounted('one');
    const { file } = await opened(path);

    publish(null);
    expect(await file.current()).toBeNull();
    publish('one');
    expect(await file.current()).toBe('one');
  });

  it('that is written in place takes effect', async () => {
    const path = join(temporaryFolder(), 'conf');
    writeFileSync(path, 'one');
    const { file } = await opened(path);

    rmSync(path);
    writeFileSync(path, 'another');

    expect(await file.current()).toBe('another');
  });

  it('that is broken from the start fails', async () => {
    const { opened: outcome } = await open(mounted('broken').path);

    expect(outcome.ok).toBe(false);
  });

  it('without a path is never read again', async () => {
    const { file, loads } = await opened('');

    await file.current();

    expect(loads()).toBe(1);
  });
});
