/** What a person can do about a failure, in a few words. The fact is the message's: nothing here repeats it. */
import type { Failure } from '../base/outcome.ts';
import { codeTextsOf, plainHostKeyAdvice } from './problem-codes.ts';

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
      return failure.code === 'host-key' ? hostKeyAdvice(failure.repo) : codeTextsOf(failure)?.advice;
    case 'kube':
      return codeTextsOf(failure)?.advice;
    case 'unexpected':
      return 'this is a bug; please report it with this line';
  }
}

function adviceOnRegistry(failure: Extract<Failure, { kind: 'registry' }>): string | undefined {
  const { code, host, login } = failure;
  if (code === 'plain-http') return plainHttpAdvice(host);
  if (code === 'unauthorized' && login === '')
    return 'give it credentials: the annotation pull-secret, or credentials of the registry in registries.conf';
  return codeTextsOf(failure)?.advice;
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
