/** A real API server with etcd beside it, RBAC on, our CRD of Applications, and the shipped Role bound to an account. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parse } from 'yaml';
import { applicationCrd, projectCrd } from '../../fakes/kube/application-crd.ts';
import { type Json, type JsonObject, readJson, textOf, writeJson } from '../../fakes/kube/json.ts';
import type { ObjectSeed } from '../../fakes/kube-api.ts';
import { freePort } from '../../fakes/free-port.ts';

/** Where `build.sh` has put it; undefined: there is none, and tests that need it are left out. */
export const apiserverProgram = process.env['TIDEWAITER_APISERVER'];

export const realAccount = 'argocd-image-updater';
const namespaces = ['argocd', 'team-a', 'gitops'];
const adminToken = 'admin-token-of-the-tests';
const startDeadlineMs = 120_000;

export interface RealApiServer {
  /** Deletes what earlier tests have left in the namespaces that tests use. */
  clear(): Promise<void>;
  /** Creates or replaces, as `somebody-else`. */
  put(seed: ObjectSeed): Promise<JsonObject>;
  get(plural: string, namespace: string, name: string): Promise<JsonObject>;
  list(plural: string, namespace: string): Promise<readonly JsonObject[]>;
  /** A merge patch by somebody else, done when this returns: for changes in the middle of synchronous work. */
  mergeNow(plural: string, namespace: string, name: string, patch: JsonObject): void;
  /** Makes a CustomResourceDefinition; done when discovery names it. */
  define(groupVersion: string, plural: string, crd: JsonObject): Promise<void>;
  /** Writes a kubeconfig with a token of the account that our Role is bound to, and gives its path. */
  kubeconfig(path: string): string;
  /** The same with a token that may do everything. */
  adminKubeconfig(path: string): string;
  stop(): Promise<void>;
}

export async function startRealApiServer(program: string): Promise<RealApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewaiter-apiserver-'));
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    children.push(
      start('etcd', [
        `--data-dir=${join(folder, 'etcd')}`,
        `--listen-client-urls=${etcdUrl}`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=default=${peerUrl}`,
        '--unsafe-no-fsync',
        '--log-level=error',
      ]),
    );
    children.push(start(program, apiserverFlags(folder, etcdUrl, port)));
    const api = new Api(port, join(folder, 'certs', 'apiserver.crt'));
    await api.ready();
    await install(api);
    const token = await accountToken(api);
    return {
      clear: () => clear(api),
      put: (seed) => put(api, seed),
      get: (plural, namespace, name) => api.ok('GET', `${collection(plural, namespace)}/${name}`),
      list: async (plural, namespace) =>
        (await api.ok('GET', collection(plural, namespace)))['items'] as JsonObject[],
      mergeNow: (plural, namespace, name, patch) =>
        api.mergeNow(`${collection(plural, namespace)}/${name}`, patch),
      define: (groupVersion, plural, crd) => define(api, groupVersion, plural, crd),
      kubeconfig: (path) => api.kubeconfig(path, token),
      adminKubeconfig: (path) => api.kubeconfig(path, adminToken),
      stop,
    };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

function apiserverFlags(folder: string, etcdUrl: string, port: number): readonly string[] {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  mkdirSync(join(folder, 'certs'));
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certs')}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${file('tokens.csv', `${adminToken},admin,admin,system:masters\n`)}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('sa.pub', publicKey)}`,
    `--service-account-signing-key-file=${file('sa.key', privateKey)}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
    '--v=0',
  ];
}

function start(program: string, flags: readonly string[]): ChildProcess {
  const child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk) > 200 && said.shift());
  child.once('exit', (code) => {
    // what it said last is the reason; a server that was told to stop is silent
    if (code !== 0 && code !== null) process.stderr.write(Buffer.concat(said));
  });
  return child;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  child.kill('SIGKILL');
  return promise;
}

interface Answer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Requests of the administrator. */
class Api {
  readonly #port: number;
  readonly #caFile: string;

  constructor(port: number, caFile: string) {
    this.#port = port;
    this.#caFile = caFile;
  }

  async ready(): Promise<void> {
    const deadlineMs = Date.now() + startDeadlineMs;
    while (!(await this.#isReady())) {
      if (Date.now() > deadlineMs) throw new Error('the API server did not start');
      await setTimeout(200);
    }
  }

  async #isReady(): Promise<boolean> {
    if (!existsSync(this.#caFile)) return false;
    try {
      return (await this.send('GET', '/readyz')).status === 200;
    } catch {
      return false; // nothing listens yet
    }
  }

  async ok(method: string, path: string, body?: Json): Promise<JsonObject> {
    const answer = await this.send(method, path, body);
    if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${writeJson(answer.body)}`);
    return answer.body;
  }

  async send(method: string, path: string, body?: Json): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const sent = request(
      {
        host: '127.0.0.1',
        port: this.#port,
        method,
        path,
        ca: readFileSync(this.#caFile),
        headers: {
          authorization: `Bearer ${adminToken}`,
          'content-type': 'application/json',
          'user-agent': 'somebody-else/1',
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = text.startsWith('{');
          resolve({
            status: response.statusCode ?? 0,
            body: isJson ? (readJson(text) as JsonObject) : { text },
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : writeJson(body));
    return promise;
  }

  mergeNow(path: string, patch: JsonObject): void {
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/merge-patch+json' };
    const init = { method: 'PATCH', headers, body: writeJson(patch) };
    const script = `fetch(${JSON.stringify(`https://127.0.0.1:${this.#port}${path}`)}, ${JSON.stringify(init)})
      .then((answer) => process.exit(answer.ok ? 0 : 1))`;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: this.#caFile };
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`PATCH ${path}: ${stderr}`);
  }

  kubeconfig(path: string, token: string): string {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'real',
          cluster: {
            server: `https://127.0.0.1:${this.#port}`,
            'certificate-authority-data': readFileSync(this.#caFile).toString('base64'),
          },
        },
      ],
      users: [{ name: 'account', user: { token } }],
      contexts: [{ name: 'real', context: { cluster: 'real', user: 'account', namespace: 'argocd' } }],
      'current-context': 'real',
    };
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }
}

async function install(api: Api): Promise<void> {
  for (const name of namespaces) {
    await api.ok('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const crd of [applicationCrd(true), projectCrd()]) await api.ok('POST', crds, crd as JsonObject);
  for (const name of ['serviceaccount', 'role', 'clusterrole', 'rolebinding', 'clusterrolebinding']) {
    await place(api, shipped(`base/${name}`), 'argocd');
  }
  for (const name of ['projects-role', 'projects-rolebinding']) {
    await place(api, shipped(`overlays/many-tenants/${name}`), 'argocd');
  }
  for (const name of ['leader-role', 'leader-rolebinding']) {
    await place(api, shipped(`overlays/high-availability/${name}`), 'argocd');
  }
  // what docs tell to add for Secrets elsewhere
  for (const namespace of namespaces.slice(1)) {
    for (const name of ['role', 'rolebinding']) await place(api, shipped(`base/${name}`), namespace);
  }
  const deadlineMs = Date.now() + startDeadlineMs;
  for (const plural of ['applications', 'appprojects']) await served(api, plural, deadlineMs);
}

async function served(api: Api, plural: string, deadlineMs: number): Promise<void> {
  while ((await api.send('GET', collection(plural, 'argocd'))).status !== 200) {
    if (Date.now() > deadlineMs) throw new Error(`the CRD of ${plural} is not served`);
    await setTimeout(100);
  }
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';

function shipped(name: string): JsonObject {
  const text = readFileSync(new URL(`../../../manifests/${name}.yaml`, import.meta.url), 'utf8');
  return parse(text) as JsonObject;
}

/** The manifests name no namespace. The account is in Argo CD's. */
async function place(api: Api, object: JsonObject, namespace: string): Promise<void> {
  const kind = textOf(object['kind']);
  const plural = `${kind.toLowerCase()}s`;
  const subjects = ((object['subjects'] ?? []) as JsonObject[]).map((one) => ({
    ...one,
    namespace: 'argocd',
  }));
  const bound = subjects.length === 0 ? object : { ...object, subjects };
  if (kind.startsWith('Cluster')) {
    await api.ok('POST', `${rbac}/${plural}`, bound);
    return;
  }
  const path =
    kind === 'ServiceAccount' ? collection(plural, namespace) : `${rbac}/namespaces/${namespace}/${plural}`;
  const metadata = { ...(object['metadata'] as JsonObject), namespace };
  await api.ok('POST', path, { ...bound, metadata });
}

async function accountToken(api: Api): Promise<string> {
  const path = `${collection('serviceaccounts', 'argocd')}/${realAccount}/token`;
  const wanted = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const { status } = await api.ok('POST', path, wanted);
  return textOf((status as JsonObject)['token']);
}

function collection(plural: string, namespace: string): string {
  const group =
    plural === 'applications' || plural === 'appprojects' ? '/apis/argoproj.io/v1alpha1' : '/api/v1';
  return `${group}/namespaces/${namespace}/${plural}`;
}

async function define(api: Api, groupVersion: string, plural: string, crd: JsonObject): Promise<void> {
  await api.ok('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
  const isThere = async (): Promise<boolean> => {
    const { status, body } = await api.send('GET', `/apis/${groupVersion}`);
    const resources = status === 200 ? (body['resources'] as readonly JsonObject[]) : [];
    return resources.some(({ name }) => name === plural);
  };
  for (let attempt = 0; !(await isThere()); attempt += 1) {
    if (attempt === 600) throw new Error(`${plural} of ${groupVersion} are not served`);
    await setTimeout(50);
  }
}

async function put(api: Api, seed: ObjectSeed): Promise<JsonObject> {
  const plural = `${seed.kind.toLowerCase()}s`;
  const { name, namespace = 'default' } = seed.metadata;
  const place = collection(plural, namespace);
  const object = readJson(writeJson(seed as unknown as Json)) as JsonObject;
  const before = await api.send('GET', `${place}/${name}`);
  if (before.status === 404) return api.ok('POST', place, object);
  const { resourceVersion } = before.body['metadata'] as JsonObject;
  const metadata = { ...(object['metadata'] as JsonObject), resourceVersion: resourceVersion ?? '' };
  return api.ok('PUT', `${place}/${name}`, { ...object, metadata });
}

async function clear(api: Api): Promise<void> {
  for (const namespace of namespaces) {
    for (const plural of ['applications', 'appprojects', 'secrets', 'configmaps', 'events']) {
      await api.ok('DELETE', collection(plural, namespace));
    }
  }
}
