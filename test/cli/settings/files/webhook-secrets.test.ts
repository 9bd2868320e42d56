/** Secrets of webhooks in files that are replaced while the program runs. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebhookSecrets } from '../../../../src/cli/settings/files/webhook-secrets.ts';
import { temporaryFolder } from '../../start-program.ts';

async function open(secretsFolder: string, given: Readonly<Record<string, readonly string[]>> = {}) {
  const said: string[] = [];
  const say = (message: string): number => said.push(message);
  const log = { info: say, warning: say, error: say };
  const secrets = new Map(Object.entries(given));
  const opened = await WebhookSecrets.open({ secrets, secretsFolder }, { log, now: () => 0 });
  if (!opened.ok) throw new Error(opened.failure.message);
  return { secrets: opened.value, said };
}

describe('secrets of webhooks', () => {
  it.each([
    ['docker.io', 'webhook.docker-secret'],
    ['ghcr.io', 'webhook.ghcr-secret'],
    ['quay.io', 'webhook.quay-secret'],
    ['harbor', 'webhook.harbor-secret'],
    ['acr', 'webhook.acr-secret'],
    ['aliyun-acr', 'webhook.aliyun-acr-secret'],
    ['cloudevents', 'webhook.cloudevents-secret'],
    ['distribution', 'webhook.distribution-secret'],
    ['gitea', 'webhook.gitea-secret'],
    ['ecr', 'webhook.ecr-secret'],
    ['gar', 'webhook.gar-secret'],
    ['artifactory', 'webhook.artifactory-secret'],
    ['generic', 'webhook.generic-secret'],
  ])('of %s are in the file %s, before what was given', async (type, file) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, file), 'one\r\n\ntwo\n');
    const { secrets } = await open(folder, { [type]: ['given'] });

    expect(await secrets.of(type)).toEqual(['one', 'two']);
    expect(await secrets.areNone()).toBe(false);
  });

  it('are those given where there is no file, no folder, or nothing in it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'webhook.quay-secret'), '\n');
    for (const from of [folder, '', '/none'])
      expect(await (await open(from, { 'quay.io': ['given'] })).secrets.of('quay.io')).toEqual(['given']);
    expect(await (await open('')).secrets.areNone()).toBe(true);
    expect(await (await open('')).secrets.of('nobody')).toEqual([]);
  });

  it('are those of now; a file that goes leaves what was given, and opens no door', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'webhook.quay-secret');
    writeFileSync(path, 'one');
    const { secrets, said } = await open(folder, { 'quay.io': ['given'] });

    writeFileSync(path, 'another');
    expect(await secrets.of('quay.io')).toEqual(['another']);
    rmSync(path);
    expect(await secrets.of('quay.io')).toEqual(['given']);
    expect(said).toEqual(['Settings are read again', 'Settings are read again']);
    expect(said.join()).not.toContain('another');
  });

  it('stay as they were where the new file cannot be read', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'webhook.quay-secret');
    writeFileSync(path, 'one');
    const { secrets, said } = await open(folder);

    writeFileSync(path, 'x'.repeat((1 << 20) + 1));

    expect(await secrets.of('quay.io')).toEqual(['one']);
    expect(said).toEqual([
      expect.stringMatching(/is not used, the one before stays in force: .*larger than/),
    ]);
  });

  it('fail at the start where a file is too large', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'webhook.ghcr-secret'));
    writeFileSync(join(folder, 'webhook.quay-secret'), 'x'.repeat((1 << 20) + 1));

    await expect(open(folder)).rejects.toThrow(/webhook\.quay-secret: larger than/);
  });
});
