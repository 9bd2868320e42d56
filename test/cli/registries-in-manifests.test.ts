/** registries.conf in the ConfigMap that stands among the manifests of --applications. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { annotationPrefix } from '../../src/core/config/annotations.ts';
import { loadRegistries } from '../../src/cli/settings/files/registries-conf.ts';
import { configFailure, Failed } from '../../src/core/base/outcome.ts';
import { makeBareRepository } from '../fakes/bare-repository.ts';
import { startFakeRegistry } from '../fakes/registry.ts';
import { runInProcess, temporaryFolder } from './start-program.ts';

/** An Application whose registry only the ConfigMap beside it names. */
async function scene(brokenText?: string) {
  const registry = await startFakeRegistry({});
  onTestFinished(() => registry.close());
  for (const tag of ['1.0.0', '2.0.0']) registry.push('acme/web', tag, {});
  const folder = temporaryFolder();
  const repository = join(folder, 'deploy.git');
  await makeBareRepository(repository, {
    'shop/Chart.yaml': 'name: shop\n',
    'shop/values.yaml': 'image:\n  name: reg.test/acme/web\n  tag: 1.0.0\n',
  });
  const annotations = {
    'image-list': 'web=reg.test/acme/web',
    'write-back-method': 'git',
    'write-back-target': 'helmvalues',
  };
  const application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'shop',
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [annotationPrefix + key, value]),
      ),
    },
    spec: { source: { repoURL: repository, path: 'shop', targetRevision: 'main' } },
  };
  const entry = { name: 'mine', prefix: 'reg.test', api_url: registry.url };
  const text = brokenText ?? JSON.stringify({ registries: [entry] });
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-image-updater-config' },
    data: { 'registries.conf': text },
  };
  const manifests = join(folder, 'manifests');
  mkdirSync(manifests);
  writeFileSync(join(manifests, 'shop.yaml'), JSON.stringify(application));
  writeFileSync(join(manifests, 'config.yaml'), JSON.stringify(map));
  return {
    folder,
    registry,
    run: (command: string, ...words: readonly string[]) =>
      runInProcess([
        command,
        ...words,
        ...(command === 'test' ? [] : [`--cache-dir=${join(folder, 'cache')}`]),
        `--applications=${manifests}`,
      ]),
  };
}

const commands = [
  { command: 'run', words: ['--once', '--dry-run'], code: 0 },
  { command: 'plan', words: [], code: 2 },
  { command: 'explain', words: ['shop'], code: 2 },
  { command: 'template', words: ['--app=shop'], code: 0 },
  { command: 'test', words: ['reg.test/acme/web:1.0.0'], code: 0 },
];

describe('issue 8: registries.conf among the manifests of --applications', () => {
  it.each(commands)('counts for $command', async ({ command, words, code }) => {
    const { run } = await scene();

    const answer = await run(command, ...words);

    expect([answer.stderr, answer.code]).toEqual(['', code]);
    expect(answer.stdout).toContain('2.0.0');
  });

  it.each(commands)(
    'counts less for $command than a path that was given',
    async ({ command, words, code }) => {
      const { run, registry, folder } = await scene();
      const other = await startFakeRegistry({});
      onTestFinished(() => other.close());
      for (const tag of ['1.0.0', '3.0.0']) other.push('acme/web', tag, {});
      const given = join(folder, 'registries.conf');
      const entry = { name: 'other', prefix: 'reg.test', api_url: other.url };
      writeFileSync(given, JSON.stringify({ registries: [entry] }));

      const answer = await run(command, ...words, `--registries-conf-path=${given}`);

      expect(answer.code).toBe(code);
      expect(answer.stdout).toContain('3.0.0');
      expect(registry.requests).toEqual([]);
    },
  );

  it('is not looked for where an empty path was given', async () => {
    const manifests = () => Promise.reject(new Failed(configFailure('nobody asked')));

    const asked = await loadRegistries({ path: '', isGiven: false }, manifests);
    const loaded = await loadRegistries({ path: '', isGiven: true }, manifests);

    expect([asked.ok, loaded.ok]).toEqual([false, true]);
  });

  it.each(commands)(
    'is refused by $command where it is broken, with its place',
    async ({ command, words }) => {
      const { run, registry } = await scene('registries: 7');

      const { code, stdout, stderr } = await run(command, ...words);

      expect(code).toBe(1);
      expect(stdout + stderr).toContain('registries.conf of ConfigMap argocd/argocd-image-updater-config: ');
      expect(registry.requests).toEqual([]);
    },
  );
});
