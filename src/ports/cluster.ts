/** What the cycle needs of a cluster. Adapters throw `Failed`; `core/base/settle.ts` turns that into data. */
import type { EventReason, EventType } from '../core/report/event-reasons.ts';
import type { Application } from '../core/config/application.ts';
import type { DeployedSpec } from '../core/policy/rollback/deployed-specs.ts';
import type { SpecOwner } from '../core/policy/rollback/spec-rollback.ts';
import type { JsonPatchOperation } from '../core/live-patch.ts';
import type { ImageChange } from '../core/plan.ts';
import type { SyncWindow } from '../core/policy/window/sync-windows.ts';
import type { ClockReading } from '../core/policy/clock.ts';
import type { PolicyMemory } from './policy-memory.ts';
import type { HoldsMap } from './holds.ts';
import type { ListedProblem } from '../core/report/report.ts';

/** Decoded values of a Secret, or the texts of a ConfigMap. */
export interface KeyedTexts {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `type` of a Secret, "" for ConfigMaps. */
  readonly type: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Reads of one cycle: each object is asked for once, however often it is wanted. */
export interface SecretReader {
  /** There is nothing to read from: nobody can have set anything there, and every read fails. */
  readonly isSwitchedOff?: true;
  /** null: there is none. Throws `Failed` (kube) otherwise. */
  secret(namespace: string, name: string): Promise<KeyedTexts | null>;
  configMap(namespace: string, name: string): Promise<KeyedTexts | null>;
  /** Argo CD's own: Secrets in its namespace with label `argocd.argoproj.io/secret-type` = type, in list order. */
  argocdSecrets(
    type: 'repository' | 'repo-creds' | 'repository-write' | 'repo-write-creds',
  ): Promise<readonly KeyedTexts[]>;
}

/** AppProjects of one cycle: each is asked for once, however often it is wanted. */
export interface ProjectReader {
  /** Throws `Failed`, also where there is no such project. */
  project(name: string): Promise<ProjectSources>;
  /**
   * Those of the project and of the global projects that match it, as Argo CD puts them together, whatever they are for
   * (`matchingWindows`). Throws as `project`.
   */
  syncWindows(name: string): Promise<readonly SyncWindow[]>;
}

/** What an AppProject says of sources, as it is written. */
export interface ProjectSources {
  /** With what Argo CD adds to them: the project's own repositories, and those of its global projects. */
  readonly sourceRepos: readonly string[];
  /** Namespaces that Applications of the project may be in, beside Argo CD's. */
  readonly sourceNamespaces: readonly string[];
}

/** What an object records of its spec as it was. */
export interface SpecPast {
  /** Who wrote the list, or the nearest thing around it, last; absent where no field manager tells. */
  readonly owner?: SpecOwner;
  /** Oldest first. */
  readonly deployed: readonly DeployedSpec[];
}

/** One cycle's view of the cluster, or of manifest files. */
export interface ClusterCycle {
  readonly secrets: SecretReader;
  readonly projects: ProjectReader;
  /** The namespace Argo CD lives in: decides the name of the default override file. */
  readonly argocdNamespace: string;
  /**
   * Annotated Applications (those with `image-list`), after label selector and name patterns.
   * Throws `Failed` if the listing as a whole failed; objects that cannot be read are named in `problems`.
   */
  applications(signal: AbortSignal): Promise<ListedApplications>;
  /** One Application, annotated or not, whatever the filters say; null: there is none. Throws `Failed`. */
  application(namespace: string, name: string, signal: AbortSignal): Promise<Application | null>;
  /**
   * What is recorded of the past of a live Application, and of the list at the pointer; null: there is no such object.
   * Absent where the API does not tell who wrote a field. Throws `Failed`.
   */
  specPast?(app: Application, pointer: string, signal: AbortSignal): Promise<SpecPast | null>;
  /** What time the server said it is in its first answer of this cycle; undefined: none has said so. */
  clockReading(): ClockReading | undefined;
  /**
   * Writes the 0.18 Event, one for each `commit`, whoever tells of it: two processes that make the very same commit
   * both find theirs at the server. No-op where there is no cluster.
   */
  recordUpdate(
    app: Application,
    changes: readonly ImageChange[],
    signal: AbortSignal,
    commit?: string,
  ): Promise<void>;
  /** Tells by an Event that a live patch was undone by somebody else. No-op where there is no cluster. */
  recordReverted(app: Application, reverted: Reverted, signal: AbortSignal): Promise<void>;
  /** Tells by an Event that something fails. No-op where there is no cluster. */
  recordFailing(app: Application, failing: Failing, signal: AbortSignal): Promise<void>;
  /**
   * Tells by an Event that a policy withholds a version, or does so no more; `holds`: of the ConfigMap in which people
   * hold back everything. No-op where there is no cluster.
   */
  recordWithheld(about: Application | 'holds', withheld: Withheld, signal: AbortSignal): Promise<void>;
  /** Asks Argo CD to compare the Application with its repositories at once. No-op where there is no cluster. */
  refreshApplication(app: Application, signal: AbortSignal): Promise<void>;
  /** Sets annotations of the live object; null takes one away. No-op where there is no cluster. */
  annotateApplication(
    app: Application,
    annotations: Readonly<Record<string, string | null>>,
    signal: AbortSignal,
  ): Promise<void>;
  /** A guarded JSON patch of one live Application; refuses (throws `Failed` config) where there is no cluster. */
  patchApplication(
    app: Application,
    compute: LivePatch,
    signal: AbortSignal,
  ): Promise<'patched' | 'unchanged' | Reverted | Rehearsed>;
}

/**
 * Computes the operations that the object, as it is now, still needs. Called with the sources as they were listed,
 * with the fresh object, after a conflict with a fresher one, and with what the server has stored.
 */
export type LivePatch = (live: unknown) => readonly JsonPatchOperation[];

/** Nothing was patched: what would be. */
export interface Rehearsed {
  readonly kind: 'rehearsed';
  readonly operations: readonly JsonPatchOperation[];
}

/** What fails for an Application, in how many cycles and since when. */
export interface Failing {
  readonly reason: Extract<EventReason, 'ImageUpdateFailed' | 'InvalidConfiguration'>;
  readonly message: string;
  readonly count: number;
  readonly firstAtMs: number;
}

/** What a policy makes of an image of an Application. */
export interface Withheld {
  readonly reason: Extract<
    EventReason,
    'ImageHeld' | 'ImageWaiting' | 'ImageReleased' | 'GroupSplit' | 'UpdateReverted'
  >;
  readonly type: EventType<EventReason>;
  readonly message: string;
}

/** Somebody put back what the last patch had changed: the same patch is not made again. */
export interface Reverted {
  readonly kind: 'reverted';
  /** JSON pointer to what was changed. */
  readonly path: string;
  /** Field manager that wrote it last; "" if unknown. */
  readonly by: string;
  /** False where it was told before. */
  readonly isNews: boolean;
}

export interface ListedApplications {
  readonly applications: readonly Application[];
  readonly problems: readonly ListedProblem[];
  /** About the listing as a whole, the same in every cycle: a malformed name pattern, another Argo CD namespace. */
  readonly warnings?: readonly string[];
}

export interface Cluster {
  /** Where this program runs, or where the kubeconfig points; absent: nobody knows, or there is no cluster. */
  readonly ownNamespace?: string;
  /** Absent where there is no cluster to keep it. */
  readonly policyMemory?: PolicyMemory;
  /** What people hold back, in one namespace. Absent where nothing can be written. */
  holdsIn?(namespace: string): HoldsMap;
  openCycle(): ClusterCycle;
  /** Whether there are ImageUpdater resources, which are passed over. Throws `Failed`. Absent where none can be. */
  hasImageUpdaters?(signal: AbortSignal): Promise<boolean>;
  /** Signs of updaters of another make in Argo CD's namespace. Throws `Failed`. Absent where none can be. */
  otherUpdaters?(signal: AbortSignal): Promise<readonly UpdaterSign[]>;
}

/** What somebody leaves who does the same work. */
export type UpdaterSign =
  /** Releases 1.x elect their leader by a Lease that this program does not use, or not there; it is in force. */
  | { readonly kind: 'lease'; readonly lease: string; readonly holder: string }
  /** An Event about an update that somebody else made; `atMs` since 1970. */
  | { readonly kind: 'event'; readonly application: string; readonly atMs: number };
