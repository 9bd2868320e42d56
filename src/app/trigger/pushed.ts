/** What a push concerns: the Applications that track the repository, and the answers that show its tag. */
import type { AppConfig } from '../../core/config/annotations.ts';
import { type AppKey, appKey } from '../../core/config/application.ts';
import { tagRule } from '../../core/version/tag-rule.ts';
import { type Answer, type ImageNeed, repositoryOf } from '../../core/decide/needs.ts';
import type { RegistryEndpoint } from '../../core/registries/endpoint.ts';
import type { EndpointTable } from '../../core/registries/registries.ts';
import type { PushEvent } from '../../ports/push-event.ts';
import type { Registry, RegistryCycle } from '../../ports/registry.ts';
import type { RememberedAnswers } from './remembered-answers.ts';
import type { Scope } from './trigger.ts';

/** Applications with an image of a repository that something was pushed to. */
export function trackersOf(
  scope: Scope,
  configs: readonly AppConfig[],
  endpoints: EndpointTable,
): ReadonlySet<AppKey> {
  const pushes = scope.kind === 'some' ? (scope.pushes ?? []) : [];
  if (pushes.length === 0) return new Set();
  const byRepository = Map.groupBy(pushes, ({ repository }) => repository);
  const tracks = ({ images }: AppConfig): boolean =>
    images.some(({ image }) => {
      if (!image.ok) return false;
      const { endpoint, repository } = repositoryOf(image.value, endpoints);
      return (byRepository.get(repository) ?? []).some((push) => isAt(push, endpoint));
    });
  return new Set(configs.filter(tracks).map(({ app }) => appKey(app)));
}

/** A registry may name itself by the host of references or by that of its API; some do not name themselves. */
function isAt({ registry }: PushEvent, { prefix, apiUrl }: RegistryEndpoint): boolean {
  return registry === '' || registry === prefix.split('/', 1)[0] || registry === new URL(apiUrl).host;
}

/** Notes whether the answers of a cycle show the tags of some pushes. */
export class PushWatch {
  /** Absent: everybody is asked in every cycle. */
  readonly #memory: RememberedAnswers | undefined;
  #isAboutPushes = false;
  #pushes: readonly PushEvent[] = [];
  #asked = new Set<PushEvent>();
  #shown = new Set<PushEvent>();

  constructor(memory?: RememberedAnswers) {
    this.#memory = memory;
  }

  /** From now on these are looked for; `isAboutPushes`: nothing but them is the reason of the cycle. */
  begin(pushes: readonly PushEvent[], isAboutPushes: boolean): void {
    this.#isAboutPushes = isAboutPushes;
    this.#pushes = pushes;
    this.#asked = new Set();
    this.#shown = new Set();
  }

  /** Those whose repository was asked about, and whose tag was not there. */
  missing(): readonly PushEvent[] {
    return this.#pushes.filter((push) => this.#asked.has(push) && !this.#shown.has(push));
  }

  async #ask(cycle: RegistryCycle, need: ImageNeed, signal: AbortSignal): Promise<Answer> {
    this.#memory?.forget(need.key);
    const answer = await cycle.answer(need, signal);
    this.#memory?.keep(need, answer);
    return answer;
  }

  /** The same registry, whose answers are looked at. */
  watching(registry: Registry): Registry {
    return {
      close: () => registry.close(),
      clockReading: () => registry.clockReading?.(),
      openCycle: (secrets) => {
        const cycle = registry.openCycle(secrets);
        return {
          answer: async (need, signal) => {
            const concerned = this.#pushes.filter(
              (push) => push.repository === need.repository && isAt(push, need.endpoint),
            );
            for (const push of concerned) this.#asked.add(push);
            const known =
              this.#isAboutPushes && concerned.length === 0 ? this.#memory?.recall(need) : undefined;
            const answer = known ?? (await this.#ask(cycle, need, signal));
            for (const push of concerned) if (shows(answer, need, push)) this.#shown.add(push);
            return answer;
          },
        };
      },
    };
  }
}

/** Also where nobody could want the tag: then it need not be looked for. */
function shows(answer: Answer, { query }: ImageNeed, { tag }: PushEvent): boolean {
  if (tag === undefined) return true;
  switch (answer.kind) {
    case 'tags':
      return answer.tags.includes(tag);
    case 'dated-tags': {
      const known = [...answer.tags, ...answer.dropped].some((dated) => dated.tag === tag);
      return known || !isWanted(query, tag);
    }
    case 'digest':
      return answer.digest !== null;
    case 'labels':
      return false;
  }
}

function isWanted(query: ImageNeed['query'], tag: string): boolean {
  if (query.kind !== 'dated-tags') return true;
  const rule = tagRule(query.filter);
  return rule.ok && rule.value(tag) === undefined;
}
