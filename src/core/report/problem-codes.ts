/** Every code that a failure can have: what it means, and what a person can do. The documentation's table is made from it. */
import type { Failure, GitCode, KubeCode, RegistryCode } from '../base/outcome.ts';

/** In a few words; where nobody can do anything but read the message, the reason. */
export type CodeTexts =
  | { readonly means: string; readonly advice: string; readonly nobody?: never }
  | { readonly means: string; readonly nobody: string; readonly advice?: never };

export const plainHostKeyAdvice = 'check the host key, then add its line to argocd-ssh-known-hosts-cm';

const cancelled = { means: 'a stop cut it off', nobody: 'the next cycle does it' };
const notLeader = { means: 'another replica may lead by now', nobody: 'whoever leads does it' };
const serverError = {
  means: 'the server answered with its own trouble',
  nobody: 'the next cycle asks again, and only who runs the server can mend it',
};

export const registryCodes = {
  unauthorized: {
    means: 'the registry wants a login, or another one',
    advice: 'check the credentials for this registry, and that they may pull this repository',
  },
  forbidden: {
    means: 'the login may not read it',
    advice: 'let the credentials read this repository',
  },
  'not-found': {
    means: 'no such repository, tag or image',
    advice: 'check the spelling of the repository, and whether it needs credentials',
  },
  'rate-limited': {
    means: 'the registry wants fewer requests',
    advice: 'credentials raise the limit of most registries; a longer interval needs less of it',
  },
  'server-error': serverError,
  timeout: {
    means: 'no answer in time',
    advice: 'if it stays so, check that the registry can be reached from here',
  },
  network: {
    means: 'no connection, or one that broke',
    advice: 'check network policies and proxy settings on the way',
  },
  tls: {
    means: 'a certificate that is not trusted',
    advice: 'add the certificate authority of the registry with ca_file or ca_data',
  },
  'plain-http': {
    means: 'asked by https, it answers without TLS',
    advice: 'give the registry an entry in registries.conf whose api_url begins with http://',
  },
  malformed: {
    means: 'an answer that is none of a registry',
    advice: 'check api_url: it may lead to another service',
  },
  'too-large': {
    means: 'an answer, or a list of tags, above the limits',
    advice: 'narrow the repository down',
  },
  'digest-mismatch': {
    means: 'content that has another digest than was asked for',
    advice: 'look for a proxy on the way that alters content',
  },
  refused: {
    means: 'our own rules forbid the request: its origin, size or redirect',
    advice: 'check api_url, and where the registry redirects to',
  },
  credentials: {
    means: 'our login cannot be had, or cannot be read',
    advice: 'check the credentials setting and what it refers to',
  },
  cancelled,
} as const satisfies Readonly<Record<RegistryCode, CodeTexts>>;

export const gitCodes = {
  authentication: {
    means: 'the server wants a login, or another one',
    advice: 'check the repository credentials: may they push?',
  },
  credentials: {
    means: 'our login is missing, or cannot be read',
    advice: 'check the write-back credentials and what they refer to',
  },
  'host-key': { means: 'the key of a host that nobody knows', advice: plainHostKeyAdvice },
  'host-key-changed': {
    means: 'another key than the known one: perhaps another machine answers',
    advice:
      'do not trust it before you know why: ask who runs the host for the fingerprint, then replace its line in argocd-ssh-known-hosts-cm',
  },
  tls: {
    means: 'a certificate that is not trusted',
    advice: 'add the certificate authority of the server to argocd-tls-certs-cm',
  },
  'not-found': {
    means: 'no such repository, or none for this login',
    advice: 'check the repository URL and the permissions of the credentials',
  },
  'branch-missing': {
    means: 'the branch is not there',
    advice: 'create the branch, or name another with the annotation git-branch',
  },
  revision: {
    means: '`targetRevision` is a commit, a tag or a range: nothing to commit to',
    advice: 'name a branch with the annotation git-branch',
  },
  rejected: {
    means: 'the server refuses the push: a protected branch, a hook',
    advice: 'check branch protection and hooks of the server',
  },
  race: { means: 'the branch moved each time we pushed', nobody: 'the next cycle tries again' },
  lease: {
    means: "somebody else's commit is on the write branch",
    advice: 'merge or delete the write branch',
  },
  network: {
    means: 'no connection, or one that broke',
    advice: 'check network policies and proxy settings on the way',
  },
  timeout: {
    means: 'a command of git took too long',
    advice: 'raise --git-timeout if the server is always that slow',
  },
  'disk-full': { means: 'no space for the mirror', advice: 'free some space under --cache-dir' },
  signing: { means: 'the commit could not be signed', advice: 'check the signing key and method' },
  locked: { means: 'another process holds the mirror', advice: 'give each process its own --cache-dir' },
  unsupported: { means: 'something that is not supported', nobody: 'the message says what is not supported' },
  cancelled,
  'not-leader': notLeader,
  git: {
    means: 'anything else that git says',
    nobody: 'the message is what git said, and no symptom of it is known',
  },
} as const satisfies Readonly<Record<GitCode, CodeTexts>>;

/** The API of Kubernetes, and that of Argo CD. */
export const kubeCodes = {
  unauthorized: {
    means: 'the API wants a login, or another one',
    advice: 'check the token or the kubeconfig',
  },
  forbidden: {
    means: 'RBAC does not permit it',
    advice: 'grant what the shipped Role and ClusterRole do',
  },
  'not-found': { means: 'no such object', advice: 'check name and namespace' },
  conflict: { means: 'somebody else changed the object each time', nobody: 'the next cycle tries again' },
  gone: {
    means: 'the listing grew too old on the way',
    nobody: 'the listing is begun anew by itself',
  },
  invalid: {
    means: 'the API server, or a webhook of the cluster, refuses the object',
    nobody: 'the server says in its own words what it refuses',
  },
  'server-error': serverError,
  timeout: {
    means: 'no answer in time',
    advice: 'if it stays so, check that the API server can be reached from here',
  },
  network: {
    means: 'no connection, or one that broke',
    advice: 'check the address of the API server and network policies',
  },
  tls: {
    means: 'a certificate that is not trusted',
    advice: 'check the certificate authority: in the kubeconfig, or SSL_CERT_FILE for the Argo CD API',
  },
  malformed: {
    means: 'an answer that is none of the API',
    advice: 'check the address: it may lead to another service',
  },
  cancelled,
  'not-leader': notLeader,
} as const satisfies Readonly<Record<KubeCode, CodeTexts>>;

/** Those of the code of a failure; undefined: it has none. */
export function codeTextsOf(failure: Failure): CodeTexts | undefined {
  switch (failure.kind) {
    case 'registry':
      return registryCodes[failure.code];
    case 'git':
      return gitCodes[failure.code];
    case 'kube':
      return kubeCodes[failure.code];
    case 'config':
    case 'edit':
    case 'unexpected':
      return undefined;
  }
}
