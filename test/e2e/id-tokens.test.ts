/** Webhooks of Artifact Registry that prove themselves by tokens of Google, over a server with its keys. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../fakes/free-port.ts';
import { type CertificateFiles, makeCertificates } from '../fakes/tls.ts';
import { type Issuer, makeIssuer, signedToken } from '../web/tokens.ts';
import { fakeRegistry, startWebhookScene, startWebhooks } from './support/webhook-scene.ts';

const audience = 'https://updater.example.com';
const email = 'push@acme.iam.gserviceaccount.com';

async function startKeys(certificates: CertificateFiles, entries: () => readonly object[]) {
  let asked = 0;
  const server: Server = createServer(certificates, (_, response) => {
    asked += 1;
    response.end(JSON.stringify({ keys: entries() }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://localhost:${(server.address() as AddressInfo).port}/certs`, asked: () => asked };
}

/** In force by the clock of the program. */
function tokenOf(issuer: Issuer, more: object = {}): string {
  const now = Math.floor(Date.parse(new Date().toISOString()) / 1000);
  const claims = { iss: 'https://accounts.google.com', aud: audience, exp: now + 600, iat: now };
  return signedToken(issuer, { ...claims, email, email_verified: true, ...more });
}

function pushOf(image: string, tag: string): string {
  const notice = { action: 'INSERT', tag: `reg.test/acme/${image}:${tag}` };
  return JSON.stringify({ message: { data: Buffer.from(JSON.stringify(notice)).toString('base64') } });
}

describe('a push that Pub/Sub tells of', () => {
  it('is taken with a token of Google, and of nobody else; the keys are asked for once', async () => {
    const certificates = makeCertificates();
    onTestFinished(() => certificates.remove());
    const [google, stranger] = [makeIssuer('k1'), makeIssuer('k1')];
    const keys = await startKeys(certificates, () => [google.entry]);
    const registry = await fakeRegistry();
    const scene = await startWebhookScene(registry.url, await freePort());
    const program = startWebhooks(
      [
        'webhook',
        ...scene.argv,
        `--gar-webhook-audience=${audience}`,
        `--gar-webhook-email=${email}`,
        `--gar-webhook-keys-url=${keys.url}`,
      ],
      { SSL_CERT_FILE: certificates.caPath },
    );
    await program.printed('Starting webhook server');
    registry.push('acme/api', '1.1.0', { comment: 'new' });
    const post = async (token?: string) => {
      const answer = await fetch(`http://127.0.0.1:${scene.port}/webhook?type=gar`, {
        method: 'POST',
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        body: pushOf('api', '1.1.0'),
      });
      return [answer.status, (await answer.text()).trim()];
    };

    expect(await post()).toEqual([401, 'missing webhook secret or token']);
    expect(await post(tokenOf(stranger))).toEqual([401, 'wrong token: its signature is wrong']);
    expect(await post(tokenOf(google, { aud: 'other' }))).toEqual([
      401,
      'wrong token: it is for another audience',
    ]);
    expect(await scene.version('api')).toBe('1.0.0');
    expect(await post(tokenOf(google))).toEqual([200, 'Webhook received and processing']);
    const stdout = await program.printed('Processing results');

    expect(await scene.version('api')).toBe('1.1.0');
    expect(keys.asked()).toBe(1);
    expect(stdout).not.toContain(tokenOf(stranger).slice(0, 40));
  });

  it('is asked for again where the keys cannot be had', async () => {
    const scene = await startWebhookScene('http://127.0.0.1:1', await freePort());
    const program = startWebhooks(
      [
        'webhook',
        ...scene.argv,
        `--gar-webhook-audience=${audience}`,
        `--gar-webhook-email=${email}`,
        `--gar-webhook-keys-url=https://localhost:${await freePort()}/certs`,
      ],
      {},
      [/Webhook unproven/],
    );
    await program.printed('Starting webhook server');

    const answer = await fetch(`http://127.0.0.1:${scene.port}/webhook?type=gar`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf(makeIssuer('k1'))}` },
      body: pushOf('api', '1.1.0'),
    });

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
    expect(await program.printed('Webhook unproven')).toMatch(
      /level=warning .*the keys of the issuer cannot be had: nothing listens/,
    );
  });
});
