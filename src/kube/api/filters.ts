/** Which Applications are wanted: the settings that all sources of them share. */

export interface ApplicationFilters {
  /** `--application-namespace`; absent or empty: all namespaces. */
  readonly applicationNamespace?: string;
  /** `--match-application-label`: a Kubernetes label selector; absent or empty: all. */
  readonly labelSelector?: string;
  /** `--match-application-name`; none: every name. */
  readonly namePatterns: readonly string[];
  /** By `namespace/name`: annotations that are tried on an Application, over its own. */
  readonly tried?: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** An empty setting, as charts pass it, is none. */
export function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
