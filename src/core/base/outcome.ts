/** Failures as data: what went wrong, where, under a closed set of codes. */

/** Why a registry could not answer. `refused`: our own rules forbade the request (origin, size, redirect). */
export type RegistryCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'rate-limited'
  | 'server-error'
  | 'timeout'
  | 'network'
  | 'tls'
  | 'plain-http' // asked by https, it answers without TLS
  | 'malformed'
  | 'too-large'
  | 'digest-mismatch'
  | 'refused'
  | 'credentials'
  | 'cancelled';

/** Why Git could not be read or written. */
export type GitCode =
  | 'authentication' // the server wants other credentials
  | 'credentials' // ours are missing or malformed
  | 'host-key' // of a host that nobody knows
  | 'host-key-changed' // perhaps another machine answers
  | 'tls'
  | 'not-found' // no such repository
  | 'branch-missing'
  | 'revision' // targetRevision is a SHA, a tag or a range: nothing to commit to
  | 'rejected' // the server refused the push (protected branch, hook)
  | 'race' // the branch moved each time
  | 'lease' // somebody else's commit is on the write branch
  | 'network'
  | 'timeout'
  | 'disk-full'
  | 'signing'
  | 'locked' // another process holds the mirror
  | 'unsupported'
  | 'cancelled'
  | 'not-leader' // another replica may lead by now
  | 'git'; // anything else; the message carries git's own words

/** Why the Kubernetes (or Argo CD) API could not be used. */
export type KubeCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'invalid'
  | 'server-error'
  | 'timeout'
  | 'network'
  | 'tls'
  | 'malformed'
  | 'cancelled'
  | 'not-leader'; // another replica may lead by now

export type Failure =
  | {
      readonly kind: 'config';
      readonly message: string;
      readonly annotation?: string;
      readonly advice?: string;
    }
  | {
      readonly kind: 'registry';
      readonly message: string;
      readonly code: RegistryCode;
      readonly host: string;
      readonly repository: string;
      readonly retryAfterMs?: number;
      /** Source of the credentials that are at fault, as configured: `pullsecret:argocd/creds`; "" for none. */
      readonly login?: string;
      /** What a person can do about this very failure; absent: what its code says. */
      readonly advice?: string;
    }
  | {
      readonly kind: 'edit';
      readonly message: string;
      readonly path: string;
      readonly key?: string;
      /** Who holds to the value that is there because a policy withholds his own. */
      readonly heldBy?: string;
    }
  | {
      readonly kind: 'git';
      readonly message: string;
      readonly code: GitCode;
      readonly repo: string;
      readonly branch?: string;
      readonly advice?: string;
      /** A push that was sent and got no verdict, which may be the fault of what is in it. */
      readonly unanswered?: true;
    }
  | {
      readonly kind: 'kube';
      readonly message: string;
      readonly code: KubeCode;
      readonly resource: string;
      readonly advice?: string;
    }
  /** A bug of ours: logged with its stack, counted, and kept away from everything else. */
  | { readonly kind: 'unexpected'; readonly message: string; readonly cause: unknown };

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** What adapters throw; `app/settle.ts` turns it back into data, once per item. */
export class Failed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause });
    this.name = 'Failed';
    this.failure = failure;
  }
}

export function succeed<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function fail<T = never>(failure: Failure): Outcome<T> {
  return { ok: false, failure };
}

/** Neither a fault nor a mistake: the work was stopped, or is left to whoever leads. */
export function isGivenUp(failure: Failure): boolean {
  return 'code' in failure && (failure.code === 'cancelled' || failure.code === 'not-leader');
}

/** A mistake in the user's own text. `annotation` is the key after the prefix, such as `web.update-strategy`. */
export function configFailure(message: string, annotation?: string, advice?: string): Failure {
  const more = {
    ...(annotation === undefined ? {} : { annotation }),
    ...(advice === undefined ? {} : { advice }),
  };
  return { kind: 'config', message, ...more };
}

/** For the end of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** Only bugs carry more than their message. */
export function causeOf(failure: Failure): unknown {
  return failure.kind === 'unexpected' ? failure.cause : undefined;
}
