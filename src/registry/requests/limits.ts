/** How long, how large and how often: the bounds of everything that a registry can make us do. */

export interface RegistryLimits {
  /** From sending a request to the last byte of the answer's header. */
  readonly headerTimeoutMs: number;
  /** Longest silence inside a body. */
  readonly bodyIdleMs: number;
  /** One exchange from start to end. */
  readonly wholeTimeoutMs: number;
  /** One question with all its requests; what was found out until then is kept for the next cycle. */
  readonly questionTimeoutMs: number;
  /** Times that one request is sent at most, where repeating may help. */
  readonly tries: number;
  /** Pause before the second try; the third waits three times as long. */
  readonly baseDelayMs: number;
  /** A registry that wants a longer pause gets no further request until it is over. */
  readonly maxWaitMs: number;
  readonly maxTokenBytes: number;
  readonly maxPageBytes: number;
  readonly maxManifestBytes: number;
  readonly maxConfigBytes: number;
  readonly maxPages: number;
  readonly maxTags: number;
  /** Of all tags of one list together. */
  readonly maxTagBytes: number;
  readonly maxRedirects: number;
  readonly connectionsPerHost: number;
  readonly scriptTimeoutMs: number;
  readonly maxScriptBytes: number;
}

export const defaultLimits: RegistryLimits = {
  headerTimeoutMs: 30_000, // listings of more than 10 000 tags take long on Docker Hub
  bodyIdleMs: 30_000,
  wholeTimeoutMs: 120_000,
  questionTimeoutMs: 600_000,
  tries: 3,
  baseDelayMs: 1_000,
  maxWaitMs: 60_000,
  maxTokenBytes: 64 * 1024,
  maxPageBytes: 32 * 1024 * 1024,
  maxManifestBytes: 4 * 1024 * 1024, // what registries must accept: distribution-spec, "Pushing manifests"
  maxConfigBytes: 8 * 1024 * 1024,
  maxPages: 1_000,
  maxTags: 1_000_000,
  maxTagBytes: 48 * 1024 * 1024, // a million tags that hold a commit's hash
  maxRedirects: 5,
  connectionsPerHost: 10,
  scriptTimeoutMs: 10_000,
  maxScriptBytes: 64 * 1024,
};
