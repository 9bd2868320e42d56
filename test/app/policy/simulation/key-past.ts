/** What stood at the key of one Application, and whether somebody took back there what we had written. */
import type { SimulatedRegistry } from './registry.ts';
import type { Plan } from './story.ts';

interface Place extends Pick<Plan, 'image' | 'strategy' | 'method'> {
  readonly skipped: ReadonlySet<string>;
}

export class KeyPast {
  /** Ours, oldest first. */
  readonly #written: string[] = [];
  /** From our last one on, or from the beginning. */
  #since: readonly string[];
  #isOurs = false;
  /** Somebody else has written at some time. */
  hasOthers = false;

  constructor(first: string) {
    this.#since = [first];
  }

  wrote(version: string): void {
    this.#written.push(version);
    this.#since = [version];
    this.#isOurs = true;
  }

  /** `base`: what is there now. */
  see(base: string): void {
    if (this.#since.at(-1) === base) return;
    this.#since = [...this.#since, base];
    this.hasOthers = true;
  }

  get current(): string {
    return this.#since.at(-1) ?? '';
  }

  /** What was there before the last change of ours. */
  get before(): string | undefined {
    return this.#written.at(-2);
  }

  /** The method argocd has nothing but its memory. */
  forget(): void {
    this.#written.length = 0;
    this.#since = [this.current];
    this.#isOurs = false;
  }

  /** True: to write the version would undo what somebody has done. */
  undoes(to: string, place: Place, registry: SimulatedRegistry): boolean {
    if (place.strategy === 'digest') return this.#undoesDigest(to);
    const newest = this.#takenBack(place, registry);
    if (newest === undefined) return false;
    const step = registry.compare(place, to, newest);
    return step !== undefined && step <= 0;
  }

  /** True: at some time something newer stood there. */
  mayBeTakenBack(place: Place, registry: SimulatedRegistry): boolean {
    if (place.strategy !== 'semver') return this.hasOthers;
    return this.#since.some((version) => (registry.compare(place, version, this.current) ?? 1) > 0);
  }

  #takenBack({ skipped, ...place }: Place, registry: SimulatedRegistry): string | undefined {
    const [first = ''] = this.#since;
    if (this.#isOurs && skipped.has(first)) return undefined; // a person excluded it
    if (place.method === 'argocd' && !this.#isOurs) return undefined; // a spec has no history
    const known = place.method === 'argocd' ? [first] : this.#since;
    const above = known.filter(
      (version) => !skipped.has(version) && (registry.compare(place, version, this.current) ?? 0) > 0,
    );
    return above.toSorted((a, b) => registry.compare(place, b, a) ?? 0)[0];
  }

  #undoesDigest(to: string): boolean {
    const at = this.#written.lastIndexOf(this.current);
    return this.#written.slice(at + 1).includes(to);
  }
}
