/** Settings that are replaced while the program runs, by the program as a process. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startProgram, temporaryFolder } from '../cli/start-program.ts';
import { makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { startFakeRegistry } from '../fakes/registry.ts';
import { freePort } from '../fakes/free-port.ts';
import { makeCertificates } from '../fakes/tls.ts';
import { anApplication, repositoryCredentials } from './support/objects.ts';
import { startWebhookScene, startWebhooks } from './support/webhook-scene.ts';

const user = { username: 'bot', password: 'pw' };

it('issue 10, 4: registries.conf and the commit template take effect with the next cycle', async () => {
  const folder = temporaryFolder();
  const repository = join(folder, 'git', 'deploy.git');
  await makeBareRepository(repository, {
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
    'web/values.yaml': 'image:\n  name: reg.test/acme/web\n  tag: "1.0.0"\n',
  });
  const git = await startGitServer({ root: join(folder, 'git'), auth: user });
  const [one, other] = [await startFakeRegistry(), await startFakeRegistry()];
  onTestFinished(async () => {
    await git.close();
    await one.close();
    await other.close();
  });
  one.push('acme/web', '1.0.0', { comment: 'one' });
  other.push('acme/web', '1.1.0', { comment: 'other' });
  mkdirSync(join(folder, 'applications'));
  const objects = [
    repositoryCredentials(git.url, user.username, user.password),
    anApplication('web', {
      repoURL: `${git.url}/deploy.git`,
      annotations: {
        'image-list': 'app=reg.test/acme/web:1.x',
        'write-back-method': 'git',
        'write-back-target': 'helmvalues',
        'app.helm.image-name': 'image.name',
        'app.helm.image-tag': 'image.tag',
      },
    }),
  ];
  for (const object of objects)
    writeFileSync(join(folder, 'applications', `${object.metadata.name}.yaml`), JSON.stringify(object));
  const conf = join(folder, 'registries.conf');
  const template = join(folder, 'commit.template');
  const confOf = (url: string) =>
    JSON.stringify({ registries: [{ name: 'test', prefix: 'reg.test', api_url: url }] });
  writeFileSync(conf, confOf(one.url));
  writeFileSync(template, 'before {{ .AppName }}');
  const program = startProgram(
    [
      'run',
      '--interval=1h',
      '--health-port=0',
      '--metrics-port=0',
      `--applications=${join(folder, 'applications')}`,
      `--registries-conf-path=${conf}`,
      `--git-commit-message-path=${template}`,
      `--cache-dir=${join(folder, 'cache')}`,
    ],
    {},
    { expects: [/The new version of \S+registries.conf is not used/] },
  );
  onTestFinished(async () => {
    program.signal('SIGKILL');
    await program.ended;
  });
  await program.printed('Processing results');

  writeFileSync(conf, 'registries: nonsense');
  program.signal('SIGUSR1');
  await program.printed('Processing results', 2);
  const requests = one.requests.length;
  expect(requests).toBeGreaterThan(1); // by the version before
  writeFileSync(conf, confOf(other.url));
  writeFileSync(template, 'after {{ .AppName }}');
  program.signal('SIGUSR1');
  await program.printed('Changes committed and pushed');

  const { files, commits } = await readBranch(repository, 'main');
  expect(files['web/values.yaml']).toContain('tag: "1.1.0"');
  expect(commits[0]?.message.trim()).toBe('after web');
  expect(one.requests).toHaveLength(requests);
});

it('issue 10, 4: a ca_file that is replaced counts for the next request', async () => {
  const [old, now] = [makeCertificates(), makeCertificates()];
  const registry = await startFakeRegistry({ tls: now });
  onTestFinished(async () => {
    await registry.close();
    old.remove();
    now.remove();
  });
  for (const image of ['acme/web', 'acme/api'])
    for (const tag of ['1.0.0', '1.1.0']) registry.push(image, tag, { comment: image });
  const scene = await startWebhookScene(registry.url, await freePort());
  const authority = join(scene.folder, 'ca.crt');
  writeFileSync(authority, old.ca);
  const entry = { name: 'test', prefix: 'reg.test', api_url: registry.url, ca_file: authority };
  writeFileSync(join(scene.folder, 'registries.conf'), JSON.stringify({ registries: [entry] }));
  const program = startWebhooks(
    ['run', '--interval=1h', '--health-port=0', '--metrics-port=0', ...scene.argv],
    {},
    [/certificate/],
  );
  await program.printed('Processing results');
  expect(await scene.version('api')).toBe('1.0.0');

  writeFileSync(authority, now.ca);
  program.signal('SIGUSR1');
  await program.printed('Processing results', 2);

  expect([await scene.version('api'), await scene.version('web')]).toEqual(['1.1.0', '1.1.0']);
});
