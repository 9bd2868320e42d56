/** The part of an Argo CD Application that Tidewaiter uses, read from an unknown object. */

export type SourceType = 'Helm' | 'Kustomize' | 'Directory' | 'Plugin';

export interface HelmParameter {
  readonly name: string;
  readonly value: string;
  readonly forceString: boolean;
}

export interface ApplicationSource {
  readonly repoURL: string;
  /** Path inside the repository; "" and "." are the root. */
  readonly path: string;
  readonly targetRevision: string;
  /** Set for a Helm repository source. */
  readonly chart?: string;
  readonly ref?: string;
  readonly name?: string;
  /** Present if the block is present, even empty. */
  readonly helm?: { readonly parameters: readonly HelmParameter[]; readonly valueFiles: readonly string[] };
  readonly kustomize?: { readonly images: readonly string[] };
  readonly directory?: { readonly recurse: boolean; readonly include: string; readonly exclude: string };
  readonly plugin?: true;
}

export interface Application {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly project: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the ApplicationSet that owns it. */
  readonly applicationSet?: string;
  /** `single`: spec.source; `multi`: spec.sources; `hydrator`: spec.sourceHydrator.drySource. */
  readonly sourceKind: 'single' | 'multi' | 'hydrator';
  readonly sources: readonly ApplicationSource[];
  /** Absent where nothing reported one (a manifest file). */
  readonly status?: {
    /** Aligned with `sources`; "" where unknown. */
    readonly sourceTypes: readonly string[];
    /** `status.summary.images`, in order. */
    readonly images: readonly string[];
  };
}

/** `namespace/name`: the key of an application everywhere. */
export type AppKey = string;
