/** What the edges tell of their work, as it ends: logs, metrics and pages are readers of this. Nothing in it is secret. */

interface Ended {
  readonly ok: boolean;
  readonly durationMs: number;
}

/** One exchange with a registry, or with a place that it sent us to; repeated ones are told one by one. */
export interface RegistryRequest extends Ended {
  /** Who was asked. */
  readonly host: string;
  /** The registry that it was for, and the repository there. */
  readonly registry: string;
  readonly repository: string;
  /** What for: `list tags of ghcr.io/acme/web`. */
  readonly action: string;
  readonly method: string;
  /** Without query, which may be signed. */
  readonly path: string;
  /** Absent where no answer came. */
  readonly status?: number;
  /** Requests that the registry still grants, where it says so. */
  readonly remaining?: number;
  /** Requests of a whole window of that quota. */
  readonly limit?: number;
  /** From the answer to the end of that window. */
  readonly resetMs?: number;
}

/** A registry is not asked for a while, or is asked again: told when that changes. */
export interface RegistryHold {
  readonly host: string;
  /** Absent: it is asked again. */
  readonly hold?: {
    readonly code: 'rate-limited' | 'server-error' | 'network';
    readonly reason: string;
    /** How long it lasts, where somebody knows. */
    readonly waitMs?: number;
  };
}

/** One command of git. */
export interface GitCommandRun extends Ended {
  /** Its first word: `fetch`. */
  readonly command: string;
  /** As people know it: without user and password. */
  readonly repository: string;
}

/** One exchange with the API of Kubernetes or Argo CD. */
export interface ApiRequestSent extends Ended {
  readonly method: string;
  /** `secrets argocd/creds`. */
  readonly resource: string;
  readonly status?: number;
}

/** Something was wanted that may have been known already: then nobody is asked. */
export interface RegistryMemory {
  readonly memory: 'token' | 'image';
  readonly isKnown: boolean;
}

export type Observation =
  | ({ readonly kind: 'registry-request' } & RegistryRequest)
  | ({ readonly kind: 'registry-hold' } & RegistryHold)
  | ({ readonly kind: 'registry-memory' } & RegistryMemory)
  | ({ readonly kind: 'git-command' } & GitCommandRun)
  | ({ readonly kind: 'kubernetes-request' } & ApiRequestSent)
  | ({ readonly kind: 'argocd-request' } & ApiRequestSent);
