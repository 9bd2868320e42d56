/** What a cycle works with: the ports, and what the user wants of all cycles. */
import type { AppConfig } from '../core/config/annotations.ts';
import type { EndpointTable } from '../core/registries/registries.ts';
import type { ApplicationReport } from '../core/report/report.ts';
import type { Template } from '../core/template/template.ts';
import type { TenantRules } from '../core/tenants/tenant-rules.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { FileWork } from '../ports/file-work.ts';
import type { Git } from '../ports/git.ts';
import type { PolicyMemory } from '../ports/policy-memory.ts';
import type { Registry } from '../ports/registry.ts';
import type { PolicyWishes } from './policy/kept-policies.ts';
import type { ArgocdWishes } from './tell/argocd-teller.ts';

export interface World {
  readonly cluster: Cluster;
  readonly registry: Registry;
  readonly git: Git;
  readonly files: FileWork;
  readonly clock: Clock;
  /** What policies remember, in the cache directory. */
  readonly cacheMemory?: PolicyMemory;
}

export interface CycleOptions extends ArgocdWishes {
  readonly endpoints: EndpointTable;
  /** `os/arch` that images are checked for where no annotation says otherwise. */
  readonly defaultPlatform: string;
  /** What annotations may name; absent: everything. */
  readonly tenants?: TenantRules;
  readonly commitTemplate: Template;
  /** Of commits that several Applications share. */
  readonly groupTemplate: Template;
  /** Commits get trailers, where no annotation says otherwise. */
  readonly commitTrailers?: boolean;
  /** Who asked for the cycle by a command: commits say so. */
  readonly onBehalfOf?: string;
  /** Events tell what fails. */
  readonly failureEvents?: boolean;
  /** Git repositories written at once. */
  readonly maxConcurrency: number;
  /** Told how many applications are considered, once they are listed. */
  readonly onListed?: (considered: number) => void;
  /** Tags of each rule that the traces of decisions name; absent: a few. */
  readonly tracedTags?: number;
  /** Told the configuration that every application in scope is decided by, with what its repository told. */
  readonly onConfigured?: (config: AppConfig) => void;
  /** Told about every application as soon as it is done. */
  readonly onApplication?: (report: ApplicationReport) => void;
  /** How long the first application that is ready waits for others of its repository, in ms. */
  readonly lingerMs: number;
  /** Holds, gates and groups; absent: every outcome is the reference's. */
  readonly policies?: PolicyWishes;
  /** What is not done by then goes on without the cycle, and the next cycle begins without it. */
  readonly cycleTimeoutMs: number;
}
