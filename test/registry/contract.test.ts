/** The registry contract on the fake and, where it is installed, on docker-registry. */
import { afterAll, describe } from 'vitest';
import { describeRegistryContract, peerCredentials, peerUser } from '../contracts/registry.ts';
import {
  hasDockerRegistry,
  startDockerRegistry,
  type DockerRegistryOptions,
} from '../fakes/docker-registry.ts';
import { type FakeRegistryOptions, startFakeRegistry } from '../fakes/registry.ts';
import { makeCertificates } from '../fakes/tls.ts';
import { startTokenServer } from '../fakes/token-server.ts';
import { anEndpoint } from './support.ts';

const users = { [peerUser.name]: peerUser.password };

async function startFake(options: FakeRegistryOptions = {}) {
  const registry = await startFakeRegistry({ pageSize: 2, ...options });
  return {
    endpoint: anEndpoint(registry.url, options.auth === undefined ? {} : { credentials: peerCredentials }),
    push: async (repository: string, content: Parameters<typeof registry.load>[1]) =>
      registry.load(repository, content),
    close: () => registry.close(),
  };
}

async function startReal(options: DockerRegistryOptions = {}, isOpen = true) {
  const registry = await startDockerRegistry(options);
  return { ...registry, endpoint: anEndpoint(registry.url, isOpen ? {} : { credentials: peerCredentials }) };
}

describeRegistryContract('the fake', () => startFake());
describeRegistryContract('the fake with Basic authentication', () =>
  startFake({ auth: { kind: 'basic', users } }),
);
describeRegistryContract('the fake with Bearer authentication', async () => {
  const tokens = await startTokenServer({ users });
  const peer = await startFake({ auth: { kind: 'bearer', tokens } });
  return {
    ...peer,
    close: async () => {
      await peer.close();
      await tokens.close();
    },
  };
});

const isMissing = !hasDockerRegistry();
const real = isMissing ? 'docker-registry (skipped: needs docker-registry)' : 'docker-registry';

describe.skipIf(isMissing)(real, () => {
  const signer = makeCertificates();
  afterAll(() => signer.remove());

  describeRegistryContract('docker-registry', () => startReal());
  describeRegistryContract('docker-registry with htpasswd', () => startReal({ user: peerUser }, false));
  describeRegistryContract('docker-registry with tokens', async () => {
    const server = await startTokenServer({ users, signer });
    const peer = await startReal({ user: peerUser, tokens: { server, signer } }, false);
    return {
      ...peer,
      close: async () => {
        await peer.close();
        await server.close();
      },
    };
  });
});
