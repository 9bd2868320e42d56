/** What a registry tells of itself, through a webhook. */

/**
 * Something was pushed to a repository. Tag and digest are hints, for looking again where a list does not show them
 * yet; what is chosen is decided by rules alone.
 */
export interface PushEvent {
  /** Host and port as references have it: `docker.io`, `reg.example.com:5000`. "": the sender does not say. */
  readonly registry: string;
  /** Lower case: `acme/web`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}
