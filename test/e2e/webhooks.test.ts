/** From a push that a registry tells of to the pushed commit, by the program as a process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../cli/start-program.ts';
import { hasDockerRegistry, startDockerRegistry } from '../fakes/docker-registry.ts';
import { freePort } from '../fakes/free-port.ts';
import { makeImage } from '../fakes/image-content.ts';
import {
  fakeRegistry,
  repositoriesAsked,
  secret,
  startWebhookScene,
  startWebhooks,
} from './support/webhook-scene.ts';

describe('a push that a registry tells of', () => {
  it('is written at once, and nothing else is asked about', async () => {
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const program = startWebhooks([
      'run',
      '--interval=1h',
      '--health-port=0',
      '--metrics-port=0',
      '--enable-webhook',
      ...scene.argv,
    ]);
    await program.printed('Processing results');
    registry.clearLog();
    registry.push('acme/api', '1.1.0', { comment: 'new' });
    registry.push('acme/web', '1.1.0', { comment: 'new, but nobody tells' });

    const answer = await scene.post({ registry: 'reg.test', repository: 'acme/api', tag: '1.1.0' });
    await program.printed('Processing results', 2);

    expect([answer.status, await answer.text()]).toEqual([200, 'Webhook received and processing']);
    expect([await scene.version('api'), await scene.version('web')]).toEqual(['1.1.0', '1.0.0']);
    expect(repositoriesAsked(registry)).toEqual(['acme/api']);
    expect(registry.requests).toHaveLength(1);
  });

  it('may be faster than the list of the registry: the tag is looked for again', async () => {
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const program = startWebhooks(['webhook', ...scene.argv]);
    await program.printed('Starting webhook server');

    await scene.post({ registry: 'reg.test', repository: 'acme/api', tag: '1.1.0' });
    await program.printed('Processing results');
    expect(await scene.version('api')).toBe('1.0.0');
    registry.push('acme/api', '1.1.0', { comment: 'new' });
    await program.printed('Processing results', 2);

    expect(await scene.version('api')).toBe('1.1.0');
  });
});

describe('pushes in a crowd', () => {
  const run = ['run', '--interval=1h', '--health-port=0', '--metrics-port=0', '--enable-webhook'];

  it('issue 10, 3: a thousand equal ones are one cycle, with one list', async () => {
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const program = startWebhooks([...run, ...scene.argv]);
    await program.printed('Processing results');
    registry.clearLog();
    registry.push('acme/api', '1.1.0', { comment: 'new' });

    const event = {
      action: 'push',
      target: {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        repository: 'acme/api',
        tag: '1.1.0',
      },
      request: { host: 'reg.test' },
    };
    const answer = await fetch(`http://127.0.0.1:${scene.port}/webhook?type=distribution`, {
      method: 'POST',
      headers: { authorization: secret },
      body: JSON.stringify({ events: Array.from({ length: 1_000 }, () => event) }),
    });
    await program.printed('Changes committed and pushed');
    await program.printed('Processing results', 2);
    await scene.post({ registry: 'reg.test', repository: 'acme/web', tag: '1.0.0' });
    const stdout = await program.printed('Processing results', 3);

    expect(answer.status).toBe(200);
    expect(await scene.version('api')).toBe('1.1.0');
    // the first cycle, the one of the thousand, the one of the last
    expect(stdout.split('Processing results').length - 1).toBe(3);
    expect(registry.requests.filter(({ path }) => path.startsWith('/v2/acme/api/'))).toHaveLength(1);
  });

  it('issue 10, 3: is made up for by the first cycle after kill -9 between event and commit', async () => {
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const first = startWebhooks([...run, ...scene.argv]);
    await first.printed('Processing results');
    registry.push('acme/api', '1.1.0', { comment: 'new' });

    const answer = await scene.post({ registry: 'reg.test', repository: 'acme/api', tag: '1.1.0' });
    first.signal('SIGKILL');
    await first.ended;
    expect([answer.status, await scene.version('api')]).toEqual([200, '1.0.0']);
    const second = startWebhooks([...run, ...scene.argv]);
    await second.printed('Processing results');

    expect(await scene.version('api')).toBe('1.1.0');
  });
});

describe('a secret in a file', () => {
  it('takes effect with the next push, and the one before is good no more', async () => {
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const folder = temporaryFolder();
    const file = join(folder, 'webhook.generic-secret');
    writeFileSync(file, 'first-secret');
    const program = startWebhooks(['webhook', `--webhook-secrets-folder=${folder}`, ...scene.argv]);
    await program.printed('Starting webhook server');
    const push = { registry: 'reg.test', repository: 'acme/api', tag: '1.0.0' };
    const statusWith = async (word: string) => (await scene.post(push, `&secret=${word}`)).status;

    expect([await statusWith('first-secret'), await statusWith(secret)]).toEqual([200, 401]);
    writeFileSync(file, 'first-secret\nsecond-secret');
    expect([await statusWith('first-secret'), await statusWith('second-secret')]).toEqual([200, 200]);
    writeFileSync(file, 'second-secret');
    expect([await statusWith('first-secret'), await statusWith('second-secret')]).toEqual([401, 200]);
    expect(await program.printed('Settings are read again', 2)).not.toMatch(/first-secret|second-secret/);
  });
});

describe('a request for a refresh', () => {
  it('issue 10, 3: has a cycle look at the Applications that it names, and at no others', async () => {
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const port = await freePort();
    const tokenFile = join(temporaryFolder(), 'token');
    writeFileSync(tokenFile, 'refresh-token-1');
    const program = startWebhooks([
      'run',
      '--interval=1h',
      '--health-port=0',
      `--metrics-port=${port}`,
      `--refresh-token-file=${tokenFile}`,
      ...scene.argv,
    ]);
    await program.printed('Processing results');
    registry.clearLog();
    for (const image of ['acme/api', 'acme/web']) registry.push(image, '1.1.0', { comment: 'new' });

    const answer = await fetch(`http://127.0.0.1:${port}/refresh?app=argocd/api`, {
      method: 'POST',
      headers: { authorization: 'Bearer refresh-token-1' },
    });
    await program.printed('Processing results', 2);

    expect(answer.status).toBe(202);
    expect([await scene.version('api'), await scene.version('web')]).toEqual(['1.1.0', '1.0.0']);
    expect(repositoriesAsked(registry)).toEqual(['acme/api']);
  });
});

describe('the command webhook', () => {
  it('asks nothing before it is told, answers probes on its port, and takes nothing without the secret', async () => {
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const program = startWebhooks(['webhook', ...scene.argv]);
    await program.printed('Starting webhook server');

    const health = await fetch(`http://127.0.0.1:${scene.port}/healthz`);
    const refused = await scene.post({ registry: 'reg.test', repository: 'acme/api' }, '&secret=guess');

    expect([health.status, await health.text(), refused.status]).toEqual([200, 'OK', 401]);
    expect(registry.requests).toEqual([]);
    const stdout = await program.printed('Webhook refused');
    expect(stdout).not.toContain(secret);
    expect(stdout).not.toContain('guess');
    expect(stdout).toContain('interval:off');
  });
});

describe.skipIf(!hasDockerRegistry())('a real registry (skipped: needs docker-registry)', () => {
  it('tells of its pushes itself', async () => {
    const port = await freePort();
    const registry = await startDockerRegistry({
      notifications: { url: `http://127.0.0.1:${port}/webhook?type=distribution`, authorization: secret },
    });
    onTestFinished(() => registry.close());
    const scene = await startWebhookScene(registry.url, port);
    const program = startWebhooks(['webhook', ...scene.argv]);
    await program.printed('Starting webhook server');

    const image = makeImage({ comment: 'real' });
    await registry.push('acme/web', { ...image, tags: { '1.2.0': image.digest } });
    await program.printed('Image updated');
    await program.printed('Changes committed and pushed');

    expect([await scene.version('web'), await scene.version('api')]).toEqual(['1.2.0', '1.0.0']);
  });
});
