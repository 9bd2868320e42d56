/** The real `docker-registry`, where it is installed: started on a free port, filled by its own push protocol. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RepositoryContent } from './image-content.ts';
import type { CertificateFiles } from './tls.ts';
import type { TokenServer } from './token-server.ts';
import { freePort } from './free-port.ts';

export interface DockerRegistryOptions {
  /** The one user, for Basic authentication or for the token server. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Told of every push and pull. */
  readonly notifications?: { readonly url: string; readonly authorization: string };
  /** Bearer authentication by tokens that `signer` signs. */
  readonly tokens?: { readonly server: TokenServer; readonly signer: CertificateFiles };
}

export interface DockerRegistry {
  readonly url: string;
  push(repository: string, content: RepositoryContent): Promise<void>;
  /** Of the one user, where that is for Basic authentication: from the next request on. */
  setPassword(password: string): void;
  close(): Promise<void>;
}

/** False where the program is missing. */
export function hasDockerRegistry(): boolean {
  return spawnSync('docker-registry', ['--version']).status === 0;
}

export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  let { user } = options;
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-registry-'));
  const port = await freePort();
  writeFileSync(join(folder, 'config.yml'), configuration(folder, port, options));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await answering(url);
  return {
    url,
    push: (repository, content) =>
      pushContent(url, repository, content, { ...options, ...(user === undefined ? {} : { user }) }),
    setPassword: (password) => {
      if (user === undefined) throw new Error('nobody logs in here');
      user = { ...user, password };
      writeFileSync(join(folder, 'htpasswd'), htpasswd(user));
    },
    close: async () => {
      child.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(
  folder: string,
  port: number,
  { user, tokens, notifications }: DockerRegistryOptions,
): string {
  const lines = [
    'version: 0.1',
    'log: {level: error, accesslog: {disabled: true}}',
    `storage: {filesystem: {rootdirectory: ${join(folder, 'data')}}}`,
    `http: {addr: "127.0.0.1:${port}"}`,
  ];
  if (user !== undefined && tokens === undefined) {
    writeFileSync(join(folder, 'htpasswd'), htpasswd(user));
    lines.push(`auth: {htpasswd: {realm: test, path: ${join(folder, 'htpasswd')}}}`);
  }
  if (tokens !== undefined) {
    const { realm, service } = tokens.server;
    const bundle = tokens.signer.caPath;
    lines.push(
      `auth: {token: {realm: "${realm}", service: "${service}", issuer: tidewaiter-test, rootcertbundle: ${bundle}}}`,
    );
  }
  if (notifications !== undefined) {
    const { url, authorization } = notifications;
    lines.push(
      `notifications: {endpoints: [{name: webhook, url: "${url}", headers: {Authorization: ["${authorization}"]}, timeout: 5s, threshold: 5, backoff: 1s}]}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function htpasswd({ name, password }: { readonly name: string; readonly password: string }): string {
  const { stdout, status } = spawnSync('htpasswd', ['-Bbn', '-C', '4', name, password], { encoding: 'utf8' });
  if (status !== 0) throw new Error('htpasswd failed');
  return stdout;
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await fetch(`${url}/v2/`).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('docker-registry does not answer');
}

async function pushContent(
  url: string,
  repository: string,
  content: RepositoryContent,
  options: DockerRegistryOptions,
): Promise<void> {
  const base = `${url}/v2/${repository}`;
  const authorization = await pushAuthorization(repository, options);
  const send = async (method: string, target: string, type: string, body?: string) => {
    const headers = { ...authorization, 'content-type': type };
    const response = await fetch(target, { method, headers, ...(body === undefined ? {} : { body }) });
    if (!response.ok) throw new Error(`${method} ${target}: ${response.status} ${await response.text()}`);
    return response;
  };
  for (const [digest, blob] of Object.entries(content.blobs)) {
    const upload = await send('POST', `${base}/blobs/uploads/`, 'application/octet-stream');
    const target = new URL(upload.headers.get('location') ?? '', url);
    target.searchParams.set('digest', digest);
    await send('PUT', target.href, 'application/octet-stream', blob);
  }
  // Images before the indexes that name them.
  const manifests = Object.entries(content.manifests).toSorted(
    ([, a], [, b]) => Number(a.mediaType.includes('index')) - Number(b.mediaType.includes('index')),
  );
  for (const [digest, { mediaType, body }] of manifests)
    await send('PUT', `${base}/manifests/${digest}`, mediaType, body);
  for (const [tag, digest] of Object.entries(content.tags)) {
    const manifest = content.manifests[digest];
    if (manifest !== undefined)
      await send('PUT', `${base}/manifests/${tag}`, manifest.mediaType, manifest.body);
  }
}

async function pushAuthorization(
  repository: string,
  { user, tokens }: DockerRegistryOptions,
): Promise<Readonly<Record<string, string>>> {
  const basic = user === undefined ? '' : Buffer.from(`${user.name}:${user.password}`).toString('base64');
  if (tokens === undefined) return basic === '' ? {} : { authorization: `Basic ${basic}` };
  const url = new URL(tokens.server.realm);
  url.searchParams.set('scope', `repository:${repository}:pull,push`);
  url.searchParams.set('service', tokens.server.service);
  const answer = await fetch(url, { headers: basic === '' ? {} : { authorization: `Basic ${basic}` } });
  const { token } = (await answer.json()) as { token: string };
  return { authorization: `Bearer ${token}` };
}
