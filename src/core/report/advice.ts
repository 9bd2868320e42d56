/** What a person can do about a failure, in a few words. */
import type { Failure, GitCode, KubeCode, RegistryCode } from '../base/outcome.ts';

const registryAdvice = {
  unauthorized: 'check the credentials for this registry, and that they may pull this repository',
  forbidden: 'the credentials may not list this repository',
  'not-found': 'check the spelling of the repository, and whether it needs credentials',
  'rate-limited': 'the registry asks for patience; credentials or a longer interval raise the limit',
  'server-error': 'the registry is in trouble; it is asked again in the next cycle',
  timeout: 'the registry is slow or unreachable; it is asked again in the next cycle',
  network: 'check network policies and proxy settings on the way',
  tls: 'add the certificate authority of the registry with ca_file or ca_data',
  'plain-http': 'give the registry an entry in registries.conf whose api_url begins with http://',
  malformed: 'the server does not answer like a registry; check api_url',
  'too-large': 'the answer is above the size limit; narrow the repository down',
  'digest-mismatch': 'content does not match its digest; a proxy in between may alter it',
  refused: 'the registry points to a place that is not allowed; check api_url and redirects',
  credentials: 'check the credentials setting and what it refers to',
  cancelled: 'the work was stopped; it is done in the next cycle',
} satisfies Record<RegistryCode, string>;

const gitAdvice = {
  authentication: 'check the repository credentials: may they push?',
  credentials: 'check the write-back credentials and what they refer to',
  'host-key': 'check the host key, then add its line to argocd-ssh-known-hosts-cm',
  'host-key-changed':
    'do not trust it before you know why: ask who runs the host for the fingerprint, then replace its line in argocd-ssh-known-hosts-cm',
  tls: 'add the certificate authority of the server to argocd-tls-certs-cm',
  'not-found': 'check the repository URL and the permissions of the credentials',
  'branch-missing': 'create the branch, or name another with the annotation git-branch',
  revision: 'name a branch with the annotation git-branch',
  rejected: 'check branch protection and hooks of the server',
  race: 'others push to this branch all the time; it is tried again in the next cycle',
  lease: 'merge or delete the write branch',
  network: 'check network policies and proxy settings on the way',
  timeout: 'the server is slow or unreachable; raise --git-timeout if it always is',
  'disk-full': 'free some space under --cache-dir',
  signing: 'check the signing key and method',
  locked: 'give each process its own --cache-dir',
  unsupported: 'this is not supported; see the message',
  cancelled: 'the work was stopped; it is done in the next cycle',
  git: 'see the words of git in the message',
} satisfies Record<GitCode, string>;

const kubeAdvice = {
  unauthorized: 'check the token or the kubeconfig',
  forbidden: 'the service account lacks a permission; see the shipped Role and ClusterRole',
  'not-found': 'check name and namespace',
  conflict: 'the object changes all the time; it is tried again in the next cycle',
  gone: 'the listing expired; it is started anew in the next cycle',
  invalid: 'the API server refuses the object; see the message',
  'server-error': 'the API server is in trouble; it is asked again in the next cycle',
  timeout: 'the API server is slow or unreachable; it is asked again in the next cycle',
  network: 'check the address of the API server and network policies',
  tls: 'check the certificate authority: in the kubeconfig, or SSL_CERT_FILE for the Argo CD API',
  malformed: 'the server does not answer like the API; check its address',
  cancelled: 'the work was stopped; it is done in the next cycle',
} satisfies Record<KubeCode, string>;

/** For an image that Argo CD does not report. */
export const notLiveAdvice =
  'compare the names; force-update: "true" writes what Argo CD does not report, such as images of jobs';

export function adviceFor(failure: Failure): string {
  if ('advice' in failure && failure.advice !== undefined) return failure.advice;
  switch (failure.kind) {
    case 'config':
      return failure.annotation === undefined ? 'correct the setting' : 'correct the annotation';
    case 'edit':
      return 'correct the file, or the annotation that leads to it; nothing was written';
    case 'registry':
      return failure.code === 'plain-http' ? plainHttpAdvice(failure.host) : registryAdvice[failure.code];
    case 'git':
      return failure.code === 'host-key' ? hostKeyAdvice(failure.repo) : gitAdvice[failure.code];
    case 'kube':
      return kubeAdvice[failure.code];
    case 'unexpected':
      return 'this is a bug; please report it with this line';
  }
}

/** `repo`: `ssh://host:port/path` or `host:path`. */
function hostKeyAdvice(repo: string): string {
  const [, host = '', port] =
    /^ssh:\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(repo) ?? /^(\[[^\]]+\]|[^:/]+):/.exec(repo) ?? [];
  if (host === '') return gitAdvice['host-key'];
  const options = port === undefined ? '' : `-p ${port} `;
  const scan = `ssh-keyscan ${options}${host.replaceAll(/[[\]]/g, '')}`;
  return `check what "${scan}" prints, then add it to ssh_known_hosts in ConfigMap argocd-ssh-known-hosts-cm (with --applications: as a manifest in the same folder)`;
}

/** The whole entry, in the one line that a log has. */
function plainHttpAdvice(host: string): string {
  const entry = `{name: "${host}", prefix: "${host}", api_url: "http://${host}"}`;
  return `if that is meant, add ${entry} to the registries of registries.conf`;
}
