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

export type Observation =
  | ({ readonly kind: 'registry-request' } & RegistryRequest)
  | ({ readonly kind: 'git-command' } & GitCommandRun)
  | ({ readonly kind: 'kubernetes-request' } & ApiRequestSent)
  | ({ readonly kind: 'argocd-request' } & ApiRequestSent);
