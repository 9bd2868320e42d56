/** Pools of connections: few, and made anew when they are wanted again. */
import { writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { Connections } from '../../src/net/connections.ts';
import { reachFrom } from '../../src/net/reach.ts';
import { makeCertificates } from '../fakes/tls.ts';

const options = { environment: {}, perHost: 1, proxyFor: undefined };
const secure = new URL('https://registry.example');
const plain = new URL('http://registry.example');

it('share one pool for the same trust, and none with another reach', async () => {
  const connections = new Connections(options);
  const tls = { insecure: true };

  const anywhere = await connections.agent(secure, tls);

  expect(await connections.agent(new URL('https://other.example'), { ...tls })).toBe(anywhere);
  expect(await connections.agent(secure, tls, reachFrom('public'))).not.toBe(anywhere);
  expect(await connections.agent(plain, tls)).not.toBe(anywhere);
  expect(await connections.agent(plain, tls, reachFrom('public'))).not.toBe(
    await connections.agent(plain, tls),
  );
});

it('fault A16: are bounded, however many certificates tenants name', async () => {
  const connections = new Connections(options);
  const tls = (name: number) => ({ insecure: true, caData: `${name}` });
  const first = await connections.agent(secure, tls(0));

  for (let name = 1; name <= 200; name += 1) await connections.agent(secure, tls(name));

  expect(await connections.agent(secure, tls(200))).toBe(await connections.agent(secure, tls(200)));
  expect(await connections.agent(secure, tls(0))).not.toBe(first);
});

it('are tried again where a certificate could not be read', async () => {
  const connections = new Connections(options);
  const tls = { insecure: false, caFile: '/nonexistent/ca.pem' };

  await expect(connections.agent(secure, tls)).rejects.toThrow(
    'ca_file /nonexistent/ca.pem cannot be read: ENOENT',
  );
  await expect(connections.agent(secure, tls)).rejects.toThrow('ca_file');
});

it('are made anew where the file of the authority was replaced', async () => {
  const [one, other] = [makeCertificates(), makeCertificates()];
  onTestFinished(() => {
    one.remove();
    other.remove();
  });
  const connections = new Connections(options);
  const tls = { insecure: false, caFile: one.caPath };
  const before = await connections.agent(secure, tls);
  expect(await connections.agent(secure, { ...tls })).toBe(before);

  writeFileSync(one.caPath, other.ca);

  const after = await connections.agent(secure, tls);
  expect(after).not.toBe(before);
  expect(await connections.agent(secure, tls)).toBe(after);
});
