import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { authoritiesFor, knownHosts } from '../../../src/git/login/trust.ts';
import { fakeSecrets, temporaryFolder } from '../builders.ts';

const pem = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----`;

async function sources(
  files: Readonly<Record<string, string>>,
  environment: (folder: string) => Record<string, string>,
) {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'data'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const secrets = fakeSecrets({
    configMaps: {
      'argocd/argocd-tls-certs-cm': { 'h.example': 'MAP' },
      'argocd/argocd-ssh-known-hosts-cm': { ssh_known_hosts: 'h.example ssh-ed25519 MAP' },
    },
  });
  return { secrets, argocdNamespace: 'argocd', environment: environment(folder) };
}

describe('authorities', () => {
  it("of a host join the system's", async () => {
    const bundle = await authoritiesFor(
      'h.example',
      await sources({ sys: pem('SYSTEM') }, (f) => ({ SSL_CERT_FILE: join(f, 'sys') })),
    );

    expect(bundle).toBe(`${pem('SYSTEM')}\nMAP`);
  });

  it('of a file rank above those of the ConfigMap', async () => {
    const from = await sources(
      { sys: pem('SYSTEM'), 'data/h.example': 'FILE', extra: pem('EXTRA') },
      (f) => ({
        SSL_CERT_FILE: join(f, 'sys'),
        NODE_EXTRA_CA_CERTS: join(f, 'extra'),
        ARGOCD_TLS_DATA_PATH: join(f, 'data'),
      }),
    );

    expect(await authoritiesFor('h.example', from)).toBe(`${pem('SYSTEM')}\n${pem('EXTRA')}\nFILE`);
  });

  it('fault H2: of SSL_CERT_DIR are read, whatever the files are called', async () => {
    const from = await sources(
      { 'data/one.pem': pem('ONE'), 'data/two': pem('TWO'), 'data/notes.txt': 'x' },
      (f) => ({
        SSL_CERT_DIR: join(f, 'data'),
      }),
    );

    expect(await authoritiesFor('other.example', from)).toBe(`${pem('ONE')}\n${pem('TWO')}`);
  });

  it.each(['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'])(
    'that %s names must be there',
    async (name) => {
      const from = await sources({}, (f) => ({ [name]: join(f, 'absent') }));

      await expect(authoritiesFor('other.example', from)).rejects.toThrow(
        `${name} ${from.environment[name]} cannot be read: ENOENT`,
      );
    },
  );

  it('and known hosts are not looked for in the working folder where a variable is empty', async () => {
    const from = await sources({}, () => ({ ARGOCD_TLS_DATA_PATH: '', ARGOCD_SSH_DATA_PATH: '' }));

    expect(await authoritiesFor('package.json', from)).toBeUndefined(); // a file of the working folder
    expect(await knownHosts(from)).toBe('h.example ssh-ed25519 MAP\n');
  });

  it.each(['other.example', '..', '.'])("of %s are the system's own", async (host) => {
    const from = await sources({}, (f) => ({ ARGOCD_TLS_DATA_PATH: join(f, 'data') }));

    expect(await authoritiesFor(host, from)).toBeUndefined();
  });
});

describe('known hosts', () => {
  it('come from file and ConfigMap', async () => {
    const from = await sources({ 'data/ssh_known_hosts': 'g.example ssh-rsa FILE' }, (f) => ({
      ARGOCD_SSH_DATA_PATH: join(f, 'data'),
    }));

    expect(await knownHosts(from)).toBe('g.example ssh-rsa FILE\nh.example ssh-ed25519 MAP\n');
  });
});
