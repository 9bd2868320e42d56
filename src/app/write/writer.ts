/** Stages 6 and 7 for one application: plan, and hand the plan to whoever writes it. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import type { Decision } from '../../core/decide/decision.ts';
import { type Company, type LiveIntention, type Plan, planApplication } from '../../core/plan.ts';
import { standingIntention, withheldIntention } from '../../core/standing.ts';
import { optionalProperty } from '../../core/base/optional-property.ts';
import { potentialOf } from '../read/potential.ts';
import { type Crossing, Crossings } from './crossings.ts';
import { RepositoryWriters, type RepositoryWritersOptions } from './repository-writers.ts';
import type { Written } from './written.ts';

export interface WriterOptions extends RepositoryWritersOptions {
  /** Whose commits are to say what they change at each key. */
  readonly tellsChanges?: (app: AppKey) => boolean;
  /** Those that are written with the Application now, or not at all. */
  readonly companyOf?: (app: AppKey) => Company | undefined;
  /** Writes what the Application itself holds. */
  readonly patch: (intention: LiveIntention) => Promise<Written>;
}

export class Writer {
  readonly #options: WriterOptions;
  readonly #repositories: RepositoryWriters;
  readonly #crossings: Crossings;

  constructor(configs: readonly AppConfig[], options: WriterOptions) {
    const repositories = new RepositoryWriters(configs, options);
    this.#options = options;
    this.#repositories = repositories;
    this.#crossings = new Crossings({
      patch: options.patch,
      commit: (intentions) => repositories.commit(intentions),
      rehearse: (intentions) => repositories.rehearse(intentions),
      defer: (app) => repositories.pass(app),
    });
  }

  /** The application writes nothing in this cycle: nobody has to wait for it. */
  pass(app: AppKey): void {
    this.#repositories.pass(app);
    this.#crossings.pass(app);
  }

  /** Undefined where nothing is to be written. */
  async write(config: AppConfig, decisions: readonly Decision[]): Promise<Written | undefined> {
    const app = appKey(config.app);
    const plan = this.#planned(config, decisions);
    this.#keepStanding(config, decisions, plan);
    if (plan.kind === 'nothing') {
      this.pass(app);
      return undefined;
    }
    const company = this.#options.companyOf?.(app);
    if (plan.kind !== 'git') this.#repositories.pass(app);
    return company === undefined ? this.#writeAlone(plan) : this.#crossings.write(app, company, plan);
  }

  async #writeAlone(plan: Crossing): Promise<Written | undefined> {
    switch (plan.kind) {
      case 'git':
        return (await this.#repositories.commit([plan]))[0];
      case 'failed':
        return { result: { kind: 'failed', failure: plan.failure }, changes: plan.changes };
      case 'argocd':
        return this.#options.patch(plan);
    }
  }

  #planned(config: AppConfig, decisions: readonly Decision[]): Plan {
    const planned = planApplication(config, decisions);
    if (planned.kind !== 'git') return planned;
    const { tellsChanges, togetherOf } = this.#options;
    return {
      ...planned,
      ...(tellsChanges?.(planned.key) === true ? { tellsChanges: true as const } : {}),
      ...optionalProperty('together', togetherOf?.(planned.key)),
    };
  }

  #keepStanding(config: AppConfig, decisions: readonly Decision[], plan: Plan): void {
    const standing = plan.kind === 'git' ? undefined : standingIntention(config, decisions);
    const withheld = withheldIntention(config, decisions);
    const { writeBack } = config;
    if (writeBack.ok && writeBack.value.kind === 'git') {
      const held = plan.kind === 'git' ? plan : standing;
      const kept = [held, withheld].filter((intention) => intention !== undefined);
      this.#options.memory.keepIntentions(potentialOf(config, writeBack.value), kept);
    }
    const others = [withheld, standing].filter((intention) => intention !== undefined);
    this.#repositories.hold(appKey(config.app), others);
  }
}
