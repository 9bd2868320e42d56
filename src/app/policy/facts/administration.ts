/** What administrators and people have set for many Applications: read at the start of each cycle. */
import { settle } from '../../../core/base/settle.ts';
import type { Failure } from '../../../core/base/outcome.ts';
import type { PolicyKey } from '../../../core/config/keys/policy-keys.ts';
import { HoldsBook } from '../../../core/policy/holds/holds-book.ts';
import { type PolicyDefaults, readPolicyDefaults } from '../../../core/policy/read/defaults.ts';
import type { Zones } from '../../../core/policy/words/zone.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { SecretReader } from '../../../ports/cluster.ts';

export interface Administration {
  readonly defaults: PolicyDefaults;
  readonly holds: HoldsBook;
  /** Why nobody knows what is withheld; absent: it is known. */
  readonly unknown?: string;
  readonly warnings: readonly string[];
}

const holdsName = 'argocd-image-updater-holds';
const settingsName = 'argocd-image-updater-config';
const tries = 3;
const keptForMs = 3_600_000;

type Data = Readonly<Record<string, string>>;

/** Of one cycle. */
export type ConfigMapReader = Pick<SecretReader, 'configMap' | 'isSwitchedOff'>;

/** A ConfigMap that is read again and again: what it held last stands in for a while. */
class KeptConfigMap {
  readonly #name: string;
  #last: { readonly data: Data; readonly readMs: number } | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** `failure` with `data`: what was read before. Nobody who may not read it, and never could, has set anything there. */
  async read(
    openReader: () => ConfigMapReader,
    namespace: string,
    clock: Pick<Clock, 'monotonicMs'>,
  ): Promise<{ readonly data?: Data; readonly failure?: Failure }> {
    if (openReader().isSwitchedOff === true) return { data: {} };
    let failure: Failure | undefined;
    for (let left = tries; left > 0; left -= 1) {
      const read = await settle(() => openReader().configMap(namespace, this.#name));
      if (read.ok) {
        const data = read.value?.values ?? {};
        this.#last = { data, readMs: clock.monotonicMs() };
        return { data };
      }
      failure = read.failure;
      if (failure.kind === 'kube' && failure.code === 'forbidden') break;
    }
    if (failure?.kind === 'kube' && failure.code === 'forbidden' && this.#last === undefined)
      return { data: {}, failure };
    const isFresh = this.#last !== undefined && clock.monotonicMs() - this.#last.readMs < keptForMs;
    return {
      ...(isFresh ? { data: this.#last?.data ?? {} } : {}),
      ...(failure === undefined ? {} : { failure }),
    };
  }
}

export interface AdministrationOptions {
  readonly zones: Zones;
  readonly clock: Clock;
  /** Values of `--default-<key>`. */
  readonly flags: ReadonlyMap<PolicyKey, string>;
}

export class AdministrationReader {
  readonly #options: AdministrationOptions;
  readonly #holds = new KeptConfigMap(holdsName);
  readonly #settings = new KeptConfigMap(settingsName);
  #book: HoldsBook | undefined;

  constructor(options: AdministrationOptions) {
    this.#options = options;
  }

  /** `openReader`: a reader that has not asked yet. `namespace`: our own. */
  async read(openReader: () => ConfigMapReader, namespace: string): Promise<Administration> {
    const { clock, flags } = this.#options;
    const [holds, settings] = await Promise.all([
      this.#holds.read(openReader, namespace, clock),
      this.#settings.read(openReader, namespace, clock),
    ]);
    const unread = [
      { name: holdsName, read: holds },
      { name: settingsName, read: settings },
    ].filter(({ read }) => read.data === undefined);
    const defaults = readPolicyDefaults(settings.data?.['defaults'] ?? '', flags);
    return {
      defaults,
      holds: this.#bookOf(holds.data ?? {}),
      warnings: this.#warningsOf(holds.failure, namespace),
      ...(unread.length === 0
        ? {}
        : {
            unknown: unread.map(({ name, read }) => `ConfigMap ${name}: ${read.failure?.message}`).join('; '),
          }),
    };
  }

  /** Only what people withhold, as directly before a commit; undefined: as it was. */
  async readHolds(openReader: () => ConfigMapReader, namespace: string): Promise<HoldsBook | undefined> {
    const { data } = await this.#holds.read(openReader, namespace, this.#options.clock);
    return data === undefined ? undefined : this.#bookOf(data);
  }

  #bookOf(data: Data): HoldsBook {
    this.#book = new HoldsBook(data, this.#options.zones, this.#book);
    return this.#book;
  }

  #warningsOf(failure: Failure | undefined, namespace: string): readonly string[] {
    if (failure === undefined) return [];
    const rule = `a Role in namespace ${namespace} with verb "get" on "configmaps"`;
    return failure.kind === 'kube' && failure.code === 'forbidden'
      ? [`holds and freezes in ConfigMap ${holdsName} are not seen: ${failure.message}; it takes ${rule}`]
      : [
          `ConfigMap ${holdsName} cannot be read: ${failure.message}; what it held last stays in force for an hour`,
        ];
  }
}
