/** Which Applications are wanted: the settings that all sources of them share. */
import { globMatches, parseGlob } from '../../core/version/glob.ts';

export interface ApplicationFilters {
  /** `--application-namespace`: names and globs, separated by commas; absent or empty: all namespaces. */
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

/** Whose Applications are meant, and what has to be listed to find them. */
export interface NamespaceFilter {
  /** Namespaces that are listed, each by itself; "" for all at once. */
  readonly listed: readonly string[];
  /** Of an object that was listed. */
  readonly match: (namespace: unknown) => boolean;
}

/** With names alone only they are listed, for which a Role in each is enough; with a glob all are. */
export function readNamespaces(text = ''): NamespaceFilter {
  const patterns = text === '' ? [] : text.split(',');
  const globs = patterns.flatMap((pattern) => parseGlob(pattern) ?? []);
  const isListable = patterns.length > 0 && patterns.every((pattern) => /^[-a-z0-9]+$/.test(pattern));
  return {
    listed: isListable ? patterns.toSorted() : [''],
    match: (namespace) =>
      patterns.length === 0 ||
      (typeof namespace === 'string' && globs.some((glob) => globMatches(glob, namespace))),
  };
}
