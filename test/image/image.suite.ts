/** The image as it ships, at work on real servers. Runs where `.ci/image` has made one (TIDEWAITER_IMAGE). */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aSecret, anApplication, repositoryCredentials } from '../e2e/support/objects.ts';
import { makeBareRepository, readBranch } from '../fakes/bare-repository.ts';
import { startDockerRegistry } from '../fakes/docker-registry.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { makeImage } from '../fakes/image-content.ts';
import type { ObjectSeed } from '../fakes/kube-api.ts';
import { makeKey, startSshServer } from '../fakes/sshd.ts';
import { makeCertificates } from '../fakes/tls.ts';
import { inImage } from './in-image.ts';

const entry = ['/sbin/tini', '--', '/usr/local/bin/argocd-image-updater'];
const puller = { name: 'puller', password: 'pull-password-4711' };

/** A folder that uid 1000 can read. */
function readableFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-image-'));
  chmodSync(folder, 0o755);
  return folder;
}

describe('the image', () => {
  it('tells its version under both names', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

    const { code, stdout, stderr } = await inImage([...entry, 'version']);
    const other = await inImage(['tidewaiter', 'version']);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^argocd-image-updater: v${version}\\+[0-9a-f]{7}\n`));
    expect(other.stdout).toBe(stdout);
  });

  it('has the user, the folders and no package manager (daemon.md 4.1)', async () => {
    const script = `id -u; id -un; echo $HOME; ls -d /app/config/ssh /app/config/tls /app/.ssh /app/ssh-keys
      ls /etc/ssl/certs/ca-certificates.crt
      cd /usr/local/lib/tidewaiter && ls LICENSE dist/THIRD-PARTY-NOTICES.txt dist/sbom.spdx.json
      for tool in npm npx yarn corepack; do ! command -v $tool || true; done`;

    const { stdout } = await inImage(['sh', '-c', script]);

    expect(stdout.trim().split('\n')).toEqual([
      '1000',
      'argocd',
      '/app',
      '/app/.ssh',
      '/app/config/ssh',
      '/app/config/tls',
      '/app/ssh-keys',
      '/etc/ssl/certs/ca-certificates.crt',
      'LICENSE',
      'dist/THIRD-PARTY-NOTICES.txt',
      'dist/sbom.spdx.json',
    ]);
  });

  it.each([
    ['sh -c "echo answers"', /^answers$/],
    ['wget --version', /^GNU Wget /],
    ['base64 --version', /^base64 /],
    ['aws --version', /^aws-cli\//],
    ['gpg --version', /^gpg \(GnuPG\) /],
    ['gpg-agent --version', /^gpg-agent \(GnuPG\) /],
    ['ssh -V 2>&1', /^OpenSSH_/],
    ['ssh-keygen -Y sign 2>&1', /^Too few arguments/],
    ['git --version', /^git version /],
    ['GIT_USERNAME=bot git-ask-pass.sh Username', /^bot$/],
    ['/sbin/tini --version', /^tini version /],
    ['node --version', /^v24\./],
  ])('has a tool of daemon.md 4.1 that answers: %s', async (command, answer) => {
    const { stdout } = await inImage(['sh', '-c', command]);

    expect(stdout.split('\n')[0]).toMatch(answer);
  });

  it('runs the demo without any right and on a file system that it cannot write', async () => {
    const { code, stdout } = await inImage([...entry, 'demo']);
    const written = await inImage([
      'sh',
      '-c',
      'touch /app/x /usr/local/lib/tidewaiter/x; grep CapBnd /proc/self/status',
    ]);

    expect(code).toBe(0);
    expect(stdout.match(/^commit [0-9a-f]{40}$/gm)).toHaveLength(2);
    expect(written.stdout).toBe('CapBnd:\t0000000000000000\n');
    expect(written.stderr.match(/Read-only file system/g)).toHaveLength(2);
  });
});

interface Scene {
  readonly folder: string;
  /** Under the folder of repositories. */
  readonly repository: (name: string) => string;
  readonly argv: readonly string[];
}

/** A registry behind a password that an `ext:` script gives, one repository over HTTPS and one over SSH. */
async function startScene(): Promise<Scene> {
  const folder = readableFolder();
  const registry = await startDockerRegistry({ user: puller });
  onTestFinished(() => registry.close());
  for (const tag of ['1.0.0', '1.1.0', '2.0.0']) {
    const content = makeImage({ comment: tag });
    await registry.push('acme/web', { ...content, tags: { [tag]: content.digest } });
  }
  const served = mkdtempSync(join(tmpdir(), 'tidewaiter-git-'));
  const repository = (name: string) => join(served, `${name}.git`);
  for (const name of ['secure', 'shell']) await makeBareRepository(repository(name), chart);
  const certificates = makeCertificates();
  onTestFinished(() => certificates.remove());
  const https = await startGitServer({
    root: served,
    auth: { username: 'bot', password: 'git-pw-0815' },
    tls: certificates,
  });
  onTestFinished(() => https.close());
  const ssh = await startSshServer();
  onTestFinished(() => ssh.close());
  writeScript(folder);
  const conf = { name: 'test', prefix: 'reg.test', api_url: registry.url, credentials: 'ext:/mnt/login.sh' };
  writeFileSync(join(folder, 'registries.conf'), JSON.stringify({ registries: [conf] }));
  writeObjects(folder, [
    repositoryCredentials(https.url, 'bot', 'git-pw-0815'),
    aSecret(
      'shell',
      { url: `${ssh.url}${repository('shell')}`, sshPrivateKey: ssh.privateKey },
      { 'argocd.argoproj.io/secret-type': 'repository' },
    ),
    configMap('argocd-tls-certs-cm', { localhost: certificates.ca }),
    configMap('argocd-ssh-known-hosts-cm', { ssh_known_hosts: ssh.knownHosts }),
    application('secure', `${https.url}/secure.git`),
    application('shell', `${ssh.url}${repository('shell')}`),
  ]);
  const argv = [
    'run',
    '--once',
    '--applications=/mnt/applications',
    '--registries-conf-path=/mnt/registries.conf',
    '--git-commit-message-path=',
  ];
  return { folder, repository, argv };
}

const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'chart/values.yaml': 'image:\n  name: reg.test/acme/web\n  tag: "1.0.0"\n',
};

/** What scripts of 0.18's users do: a shell, base64, and a tool of a cloud. */
function writeScript(folder: string): void {
  const login = Buffer.from(`${puller.name}:${puller.password}`).toString('base64');
  writeFileSync(
    join(folder, 'login.sh'),
    `#!/bin/sh\naws --version >/dev/null && echo ${login} | base64 -d\n`,
  );
  chmodSync(join(folder, 'login.sh'), 0o755);
}

function writeObjects(folder: string, objects: readonly ObjectSeed[]): void {
  mkdirSync(join(folder, 'applications'));
  for (const object of objects)
    writeFileSync(
      join(folder, 'applications', `${object.kind}-${object.metadata.name}.yaml`),
      JSON.stringify(object),
    );
}

function configMap(name: string, data: Readonly<Record<string, string>>): ObjectSeed {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'argocd' }, data };
}

function application(name: string, repoURL: string): ObjectSeed {
  return anApplication(name, {
    repoURL,
    path: 'chart',
    sourceType: 'Helm',
    annotations: {
      'image-list': 'web=reg.test/acme/web:1.x',
      'write-back-method': 'git',
      'write-back-target': 'helmvalues',
      'web.helm.image-name': 'image.name',
      'web.helm.image-tag': 'image.tag',
    },
  });
}

async function expectUpdated({ repository }: Scene, name: string): Promise<void> {
  const { files } = await readBranch(repository(name), 'main');
  expect(files['chart/values.yaml']).toBe('image:\n  name: reg.test/acme/web\n  tag: "1.1.0"\n');
}

describe('a cycle in the image', () => {
  it('asks a registry with a script, and writes over HTTPS and over SSH', async () => {
    const scene = await startScene();

    const { code, stdout, stderr } = await inImage([...entry, ...scene.argv], { mount: scene.folder });

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('images_updated=2 errors=0');
    for (const name of ['secure', 'shell']) await expectUpdated(scene, name);
  });

  it('signs with an SSH key', async () => {
    const scene = await startScene();
    const key = await makeKey(join(scene.folder, 'signing'));
    chmodSync(key, 0o644); // as a Secret is mounted; git is given a copy of its own

    const { code } = await inImage(
      [...entry, ...scene.argv, '--git-commit-signing-key=/mnt/signing', '--git-commit-signing-method=ssh'],
      { mount: scene.folder },
    );

    expect(code).toBe(0);
    const allowed = join(scene.folder, 'allowed');
    writeFileSync(allowed, `* ${readFileSync(`${key}.pub`, 'utf8')}`);
    for (const name of ['secure', 'shell']) {
      const verify = [
        '-c',
        'gpg.format=ssh',
        '-c',
        `gpg.ssh.allowedSignersFile=${allowed}`,
        'verify-commit',
        'main',
      ];
      execFileSync('git', ['-C', scene.repository(name), ...verify], { stdio: 'pipe' });
    }
  });

  it('signs with an OpenPGP key', async () => {
    const scene = await startScene();
    const home = mkdtempSync(join(tmpdir(), 'gpg-')); // sockets have short paths only
    const gpg = (...args: readonly string[]) =>
      execFileSync('gpg', ['--homedir', home, '--batch', ...args], { stdio: 'pipe' }).toString();
    const email = 'noreply@argoproj.io';
    gpg(
      '--passphrase',
      '',
      '--quick-generate-key',
      `argocd-image-updater <${email}>`,
      'ed25519',
      'sign',
      'never',
    );
    writeFileSync(join(scene.folder, 'key.asc'), gpg('--armor', '--export-secret-keys', email));
    const start = `mkdir -m 700 /tmp/gpg && export GNUPGHOME=/tmp/gpg && gpg --batch --quiet --import /mnt/key.asc && exec "$@"`;

    const { code } = await inImage(
      ['sh', '-c', start, 'sh', ...entry, ...scene.argv, `--git-commit-signing-key=${email}`],
      { mount: scene.folder },
    );

    expect(code).toBe(0);
    for (const name of ['secure', 'shell'])
      execFileSync('git', ['-C', scene.repository(name), 'verify-commit', 'main'], {
        env: { PATH: process.env['PATH'], GNUPGHOME: home },
        stdio: 'pipe',
      });
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
  });
});
