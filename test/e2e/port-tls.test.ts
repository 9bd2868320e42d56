/** TLS of webhooks and metrics by the program as a process: certificates that are replaced, and broken ones. */
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runToEnd, temporaryFolder } from '../cli/start-program.ts';
import { freePort } from '../fakes/free-port.ts';
import { type Certificates, makeCertificates } from '../fakes/tls.ts';
import { fakeRegistry, secret, startWebhookScene, startWebhooks } from './support/webhook-scene.ts';

function certificates(): Certificates {
  const made = makeCertificates();
  onTestFinished(() => made.remove());
  return made;
}

/** As the kubelet mounts a Secret. */
function mountedSecret() {
  const folder = temporaryFolder();
  let versions = 0;
  const publish = (cert: string, key: string) => {
    versions += 1;
    mkdirSync(join(folder, `..${versions}`));
    writeFileSync(join(folder, `..${versions}`, 'tls.crt'), cert);
    writeFileSync(join(folder, `..${versions}`, 'tls.key'), key);
    symlinkSync(`..${versions}`, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('..data', name), join(folder, name));
  return { folder, publish };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function ask(port: number, path: string, ca: string, body?: string): Promise<Answer> {
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const asked = request({ host: 'localhost', port, path, ca, method, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.on('error', reject).end(body);
  });
}

describe('ports with TLS', () => {
  it('take webhooks and show metrics, with the certificate of now; a broken one is not taken, and told of', async () => {
    const [first, second] = [certificates(), certificates()];
    const { folder, publish } = mountedSecret();
    publish(first.cert, first.key);
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const metricsPort = await freePort();
    const program = startWebhooks(
      [
        'run',
        '--interval=1h',
        '--health-port=0',
        '--metrics-port=0',
        `--metrics-bind-address=127.0.0.1:${metricsPort}`,
        '--metrics-secure',
        '--enable-webhook',
        `--tls-folder=${folder}`,
        ...scene.argv,
      ],
      {},
      [/The new version of \S+tls.crt is not used/],
    );
    expect(await program.printed('Processing results')).toMatch(
      /Starting webhook server on port \d+" tls=true/,
    );
    registry.push('acme/api', '1.1.0', { comment: 'new' });
    const push = JSON.stringify({ registry: 'reg.test', repository: 'acme/api', tag: '1.1.0' });
    const hook = `/webhook?type=generic&secret=${secret}`;

    expect((await ask(scene.port, hook, first.ca, push)).status).toBe(200);
    await program.printed('Processing results', 2);
    expect(await scene.version('api')).toBe('1.1.0');
    await expect(fetch(`http://127.0.0.1:${scene.port}/healthz`)).rejects.toThrow('fetch failed');

    publish(first.cert, second.key);
    const refused = /settings_refused\{file="[^"]+tls\.crt"\} (\d)/;
    const isRefused = async () => refused.exec((await ask(metricsPort, '/metrics', first.ca)).text)?.[1];
    await expect.poll(isRefused).toBe('1');
    expect((await ask(metricsPort, '/status.json', first.ca)).text).toContain('it is not the key of');

    publish(second.cert, second.key);
    await program.printed('Settings are read again');
    for (const port of [scene.port, metricsPort]) {
      expect((await ask(port, '/healthz', second.ca)).status).toBe(200);
      await expect(ask(port, '/healthz', first.ca)).rejects.toThrow(/certificate/);
    }
    expect(refused.exec((await ask(metricsPort, '/metrics', second.ca)).text)?.[1]).toBe('0');
    program.signal('SIGTERM');
    const { code, stdout, stderr } = await program.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /level=error msg="The new version of \S+tls.crt is not used, the one before stays in force: \S+tls.key: it is not the key of/,
    );
    expect(stdout + stderr).not.toContain('PRIVATE KEY');
  });

  it('issue 10, 4: a Secret that is made after the start takes effect, and TLS stays when it goes away', async () => {
    const { cert, key, ca } = certificates();
    const { folder, publish } = mountedSecret();
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const [metricsPort, plainPort] = [await freePort(), await freePort()];
    const program = startWebhooks(
      [
        'run',
        '--interval=1h',
        '--health-port=0',
        `--metrics-port=${plainPort}`,
        `--metrics-bind-address=127.0.0.1:${metricsPort}`,
        '--enable-webhook',
        `--tls-folder=${folder}`,
        ...scene.argv,
      ],
      {},
      [/The new version of \S+tls.crt is not used/],
    );
    await program.printed('Processing results');
    const ports = [scene.port, metricsPort];
    for (const port of ports) expect((await fetch(`http://localhost:${port}/healthz`)).status).toBe(200);

    const refused = async () => {
      const page = await (await fetch(`http://localhost:${plainPort}/metrics`)).text();
      return /settings_refused\{file="[^"]+tls\.crt"\} (\d)/.exec(page)?.[1];
    };

    publish(cert, '');
    await expect.poll(refused).toBe('1');
    expect((await fetch(`http://localhost:${scene.port}/healthz`)).status).toBe(200);
    publish(cert, key);
    for (const port of ports) await program.printed(`Port ${port} speaks TLS from now on`);
    for (const port of ports) {
      expect((await ask(port, '/healthz', ca)).status).toBe(200);
      await expect(fetch(`http://localhost:${port}/healthz`)).rejects.toThrow('fetch failed');
    }
    expect(await refused()).toBe('0');

    publish('', '');
    await expect.poll(refused).toBe('1');
    expect((await ask(scene.port, '/healthz', ca)).status).toBe(200);
    program.signal('SIGTERM');
    const { code, stderr } = await program.ended;
    expect(code).toBe(0);
    expect(stderr.match(/tls\.(?:key: there is no key|crt: there is no certificate)/g)).toHaveLength(2);
  });

  it('are not opened with a broken certificate, or without one where somebody demands it', async () => {
    const { cert, key } = certificates();
    const { folder, publish } = mountedSecret();
    publish(cert, `${key.slice(0, 60)}`);
    const scene = await startWebhookScene('http://127.0.0.1:1', await freePort());
    const options = { expects: [/^/] };

    const broken = await runToEnd(['webhook', `--tls-folder=${folder}`, ...scene.argv], {}, options);
    const demanded = await runToEnd(
      [
        'run',
        '--metrics-bind-address=127.0.0.1:8443',
        '--metrics-secure',
        '--tls-folder=/none',
        ...scene.argv,
      ],
      {},
      options,
    );

    expect([broken.code, demanded.code]).toEqual([1, 1]);
    expect(broken.stderr).toMatch(/level=fatal .*tls\.key: it is no private key in PEM/);
    expect(demanded.stderr).toContain('--metrics-secure: there is no tls.crt and tls.key in --tls-folder');
  });

  it('speak as 0.18 does where --disable-tls is given', async () => {
    const { cert, key } = certificates();
    const { folder, publish } = mountedSecret();
    publish(cert, key);
    const scene = await startWebhookScene('http://127.0.0.1:1', await freePort());
    const program = startWebhooks(['webhook', '--disable-tls', `--tls-folder=${folder}`, ...scene.argv]);
    await program.printed('Starting webhook server');

    expect((await fetch(`http://127.0.0.1:${scene.port}/healthz`)).status).toBe(200);
  });
});
