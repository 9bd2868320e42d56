/** What is asked of a repository about one application, and what it says. */
import type { AppConfig, TrackedImage, Warning } from '../../core/config/annotations.ts';
import type { AppKey } from '../../core/config/application.ts';
import type { Outcome } from '../../core/base/outcome.ts';
import type { KnownVersion, KnownVersions } from '../../core/decide/live.ts';
import type { FileWork } from '../../ports/file-work.ts';
import type { TenantRules } from '../../core/tenants/tenant-rules.ts';
import type { Budget } from '../repository/budget.ts';
import type { Repositories } from '../repository/repositories.ts';
import type { Potential } from './potential.ts';
import type { TargetMemory } from './target-memory.ts';

/** What the repository says about one application. */
export interface KnownApplication {
  readonly config: AppConfig;
  readonly versions: KnownVersions;
  /** About the effect of what its target holds. */
  readonly doubts?: readonly Warning[];
}

export interface ObserveContext {
  readonly repositories: Repositories;
  readonly files: FileWork;
  readonly budget: Budget;
  readonly memory: TargetMemory;
  readonly argocdNamespace: string;
  readonly defaultPlatform: string;
  readonly tenants: TenantRules;
  readonly signal: AbortSignal;
}

export interface Question extends Potential {
  readonly config: AppConfig;
}

export type Answers = ReadonlyMap<AppKey, Outcome<KnownApplication>>;

/** One version for each image that can be read. */
export function versionsOf(
  config: AppConfig,
  versionOf: (image: TrackedImage) => KnownVersion,
): KnownVersions {
  return new Map(
    config.images.flatMap(({ index, image }) => (image.ok ? [[index, versionOf(image.value)] as const] : [])),
  );
}
