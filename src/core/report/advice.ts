/** What a person can do about a failure, in a few words. The fact is the message's: nothing here repeats it. */
import type { Failure, GitCode, KubeCode, RegistryCode } from '../base/outcome.ts';

/** Codes about which nobody can do anything but read the message, each with the reason. */
export const adviceless = {
  cancelled: 'the next cycle does it',
  'not-leader': 'whoever leads does it',
  'server-error': 'the next cycle asks again, and only who runs the server can mend it',
  race: 'the next cycle tries again',
  conflict: 'the next cycle tries again',
  gone: 'the listing is begun anew by itself',
  invalid: 'the server says in its own words what it refuses',
  unsupported: 'the message says what is not supported',
  git: 'the message is what git said, and no symptom of it is known',
} as const;

type NeedsNobody = keyof typeof adviceless;

type Advice<Code extends string> = Readonly<Record<Exclude<Code, NeedsNobody>, string>> &
  Partial<Readonly<Record<Code, string>>>;

const plainHostKeyAdvice = 'check the host key, then add its line to argocd-ssh-known-hosts-cm';

const registryAdvice: Advice<RegistryCode> = {
  unauthorized: 'check the credentials for this registry, and that they may pull this repository',
  forbidden: 'let the credentials read this repository',
  'not-found': 'check the spelling of the repository, and whether it needs credentials',
  'rate-limited': 'credentials raise the limit of most registries; a longer interval needs less of it',
  timeout: 'if it stays so, check that the registry can be reached from here',
  network: 'check network policies and proxy settings on the way',
  tls: 'add the certificate authority of the registry with ca_file or ca_data',
  'plain-http': 'give the registry an entry in registries.conf whose api_url begins with http://',
  malformed: 'check api_url: it may lead to another service',
  'too-large': 'narrow the repository down',
  'digest-mismatch': 'look for a proxy on the way that alters content',
  refused: 'check api_url, and where the registry redirects to',
  credentials: 'check the credentials setting and what it refers to',
};

const gitAdvice: Advice<GitCode> = {
  authentication: 'check the repository credentials: may they push?',
  credentials: 'check the write-back credentials and what they refer to',
  'host-key': plainHostKeyAdvice,
  'host-key-changed':
    'do not trust it before you know why: ask who runs the host for the fingerprint, then replace its line in argocd-ssh-known-hosts-cm',
  tls: 'add the certificate authority of the server to argocd-tls-certs-cm',
  'not-found': 'check the repository URL and the permissions of the credentials',
  'branch-missing': 'create the branch, or name another with the annotation git-branch',
  revision: 'name a branch with the annotation git-branch',
  rejected: 'check branch protection and hooks of the server',
  lease: 'merge or delete the write branch',
  network: 'check network policies and proxy settings on the way',
  timeout: 'raise --git-timeout if the server is always that slow',
  'disk-full': 'free some space under --cache-dir',
  signing: 'check the signing key and method',
  locked: 'give each process its own --cache-dir',
};

const kubeAdvice: Advice<KubeCode> = {
  unauthorized: 'check the token or the kubeconfig',
  forbidden: 'grant what the shipped Role and ClusterRole do',
  'not-found': 'check name and namespace',
  timeout: 'if it stays so, check that the API server can be reached from here',
  network: 'check the address of the API server and network policies',
  tls: 'check the certificate authority: in the kubeconfig, or SSL_CERT_FILE for the Argo CD API',
  malformed: 'check the address: it may lead to another service',
};

/** For an image that Argo CD does not report. */
export const notLiveAdvice =
  'compare the names; force-update: "true" writes what Argo CD does not report, such as images of jobs';

/** Undefined where there is nothing to do. */
export function adviceFor(failure: Failure): string | undefined {
  if ('advice' in failure && failure.advice !== undefined) return failure.advice;
  switch (failure.kind) {
    case 'config':
      return failure.annotation === undefined ? 'correct the setting' : 'correct the annotation';
    case 'edit':
      return 'correct the file, or the annotation that leads to it; nothing was written';
    case 'registry':
      return adviceOnRegistry(failure);
    case 'git':
      return failure.code === 'host-key' ? hostKeyAdvice(failure.repo) : gitAdvice[failure.code];
    case 'kube':
      return kubeAdvice[failure.code];
    case 'unexpected':
      return 'this is a bug; please report it with this line';
  }
}

function adviceOnRegistry({ code, host, login }: Extract<Failure, { kind: 'registry' }>): string | undefined {
  if (code === 'plain-http') return plainHttpAdvice(host);
  if (code === 'unauthorized' && login === '')
    return 'give it credentials: the annotation pull-secret, or credentials of the registry in registries.conf';
  return registryAdvice[code];
}

/** `repo`: `ssh://host:port/path` or `host:path`. */
function hostKeyAdvice(repo: string): string {
  const [, host = '', port] =
    /^ssh:\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(repo) ?? /^(\[[^\]]+\]|[^:/]+):/.exec(repo) ?? [];
  if (host === '') return plainHostKeyAdvice;
  const options = port === undefined ? '' : `-p ${port} `;
  const scan = `ssh-keyscan ${options}${host.replaceAll(/[[\]]/g, '')}`;
  return `check what "${scan}" prints, then add it to ssh_known_hosts in ConfigMap argocd-ssh-known-hosts-cm (with --applications: as a manifest in the same folder)`;
}

/** The whole entry, in the one line that a log has. */
function plainHttpAdvice(host: string): string {
  const entry = `{name: "${host}", prefix: "${host}", api_url: "http://${host}"}`;
  return `if that is meant, add ${entry} to the registries of registries.conf`;
}
