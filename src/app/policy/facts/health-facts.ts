/** What Applications of this cycle prove of versions: for `promote-from` and `rollout`. */
import { type AppKey, type Application, appKey } from '../../../core/config/application.ts';
import type { AppConfig } from '../../../core/config/annotations.ts';
import { succeed } from '../../../core/base/outcome.ts';
import { repositoryName } from '../../../core/image/image.ts';
import { judgePromotion, type SourceFacts } from '../../../core/policy/health/promote.ts';
import { proofOf, type ProofQuestion } from '../../../core/policy/health/proof.ts';
import { observe, type Place } from '../../../core/policy/health/soak.ts';
import { order } from '../../../core/policy/order.ts';
import type { PromotionSource } from '../../../core/policy/settings.ts';

import type { PoliciesOf } from '../judge/policies.ts';
import type { MakeJudge, Subject } from '../judge/subject.ts';
import type { Notebook } from '../../memory/notebook.ts';

export interface HealthFactsOptions {
  readonly configs: readonly AppConfig[];
  /** Applications that are named as sources though they have no image-list. */
  readonly others: ReadonlyMap<AppKey, Application>;
  readonly policiesOf: PoliciesOf;
  readonly notebook: Notebook;
  readonly now: () => number;
}

export class HealthFacts {
  readonly #options: HealthFactsOptions;
  readonly #configs: ReadonlyMap<AppKey, AppConfig>;

  constructor(options: HealthFactsOptions) {
    this.#options = options;
    this.#configs = new Map(options.configs.map((config) => [appKey(config.app), config]));
  }

  /** One look at each place that proofs may be wanted of, at the start of a cycle. */
  observeAll(): void {
    const { notebook, now } = this.#options;
    for (const place of this.#places())
      notebook.keep(observe(this.#applicationOf(place.app), place, notebook.memory, now()));
  }

  readonly judgePromotions: MakeJudge = (subject) => {
    const { policies, image } = subject;
    const { notebook, now } = this.#options;
    if (policies.promoteFrom === undefined)
      return Promise.resolve(succeed(() => Promise.resolve(succeed([]))));
    const judge = (candidate: ProofQuestion['version']) => {
      const wanted = {
        version: candidate,
        needsDigest: image.strategy.kind === 'digest' || image.format !== 'tag',
        repository: repositoryName(image.ref.canonical),
        order: (a: ProofQuestion['version'], b: ProofQuestion['version']) => order(image.strategy, a, b),
      };
      const sourceOf = (source: PromotionSource) => this.#sourceFacts(source, subject);
      const judged = judgePromotion(policies, wanted, sourceOf, notebook.memory, now());
      notebook.keep(judged);
      return Promise.resolve(succeed(judged.verdict === undefined ? [] : [judged.verdict]));
    };
    return Promise.resolve(succeed(judge));
  };

  /** Why a version is not proven where the image runs; undefined: it is. */
  unproven(
    { config, image, policies }: Pick<Subject, 'config' | 'image' | 'policies'>,
    version: ProofQuestion['version'],
    minHealthyMs: number,
  ): string | undefined {
    const { notebook, now } = this.#options;
    const repository = repositoryName(image.ref.canonical);
    const place = { app: appKey(config.app), repository };
    const question: ProofQuestion = {
      place,
      version,
      needsDigest: false,
      repository,
      minHealthyMs: policies.minHealthyMs?.value ?? minHealthyMs,
      order: (a, b) => order(image.strategy, a, b),
    };
    const proof = proofOf(config.app, question, notebook.memory, now());
    notebook.keep({
      remember: proof.kind === 'proven' ? proof.remember : [],
      forget: proof.kind === 'proven' ? [] : proof.forget,
    });
    return proof.kind === 'proven' ? undefined : proof.reason;
  }

  #sourceFacts({ namespace, name, alias }: PromotionSource, { image }: Subject): SourceFacts {
    const app = `${namespace}/${name}` as AppKey;
    const application = this.#applicationOf(app);
    const repository =
      alias === undefined ? repositoryName(image.ref.canonical) : this.#repositoryOf(app, alias);
    return {
      ...(application === undefined ? {} : { application }),
      ...(repository === undefined ? {} : { repository }),
    };
  }

  #applicationOf(app: string): Application | undefined {
    return this.#configs.get(app as AppKey)?.app ?? this.#options.others.get(app as AppKey);
  }

  #repositoryOf(app: AppKey, alias: string): string | undefined {
    const found = this.#configs.get(app)?.images.find((image) => image.alias === alias)?.image;
    return found?.ok === true ? repositoryName(found.value.ref.canonical) : undefined;
  }

  #places(): readonly Place[] {
    const places = new Map<string, Place>();
    const add = (app: string, repository: string | undefined): void => {
      if (repository !== undefined) places.set(`${app} ${repository}`, { app, repository });
    };
    for (const { app, images } of this.#options.configs) {
      for (const [index, { promoteFrom = [], rollout }] of this.#options.policiesOf(appKey(app))) {
        const image = images[index]?.image;
        const own = image?.ok === true ? repositoryName(image.value.ref.canonical) : undefined;
        if (rollout !== undefined) add(appKey(app), own);
        for (const { namespace, name, alias } of promoteFrom.flatMap(({ value }) => value)) {
          const source = `${namespace}/${name}` as AppKey;
          add(source, alias === undefined ? own : this.#repositoryOf(source, alias));
        }
      }
    }
    return [...places.values()];
  }
}
