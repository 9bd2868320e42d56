/** The ConfigMap `argocd-image-updater-holds` as a whole: which of its entries are for an image. */
import type { Hold, Sourced } from '../settings.ts';
import type { Zones } from '../words/zone.ts';
import { type HoldsEntry, readFreeze, readHoldsEntry } from './holds-entry.ts';
import { freezeKey, type HoldsTarget, keysFor } from './holds-keys.ts';

/** `data` of the ConfigMap. */
export type HoldsData = Readonly<Record<string, string>>;

export interface KeyedEntry {
  readonly key: string;
  readonly entry: HoldsEntry;
}

const name = 'ConfigMap argocd-image-updater-holds';

/** How messages name an entry. */
export function holdsSource(key: string): string {
  return `${name}, ${key}`;
}

export class HoldsBook {
  readonly freeze: Sourced<Hold> | undefined;
  /** By key; those that name their Application themselves are not among them. */
  readonly byKey: ReadonlyMap<string, HoldsEntry>;
  /** Those that name their Application, by its `namespace/name`. */
  readonly byApp: ReadonlyMap<string, readonly KeyedEntry[]>;

  readonly #texts: HoldsData;
  readonly #entries: ReadonlyMap<string, HoldsEntry>;

  /** `before`: an earlier reading, of which what has not changed need not be read again. */
  constructor(data: HoldsData, zones: Zones, before?: HoldsBook) {
    const { [freezeKey]: freeze, ...others } = data;
    const hold = freeze === undefined ? undefined : readFreeze(freeze, zones);
    this.freeze = hold && { value: hold, source: holdsSource(freezeKey) };
    const entries = Object.entries(others).map(([key, text]) => {
      const isKnown = before !== undefined && before.#texts[key] === text;
      const known = isKnown ? before.#entries.get(key) : undefined;
      return { key, entry: known ?? readHoldsEntry(text, zones) };
    });
    this.#texts = others;
    this.#entries = new Map(entries.map(({ key, entry }) => [key, entry]));
    const named = entries.filter(({ entry }) => entry.target !== undefined);
    const plain = entries.filter(({ entry }) => entry.target === undefined);
    this.byKey = new Map(plain.map(({ key, entry }) => [key, entry]));
    this.byApp = Map.groupBy(named, ({ entry }) => entry.target?.app ?? '');
  }

  /** Those of the image first, then of the Application, then of the namespace. Without alias: those of all its images. */
  entriesFor(target: HoldsTarget): readonly KeyedEntry[] {
    const named = (this.byApp.get(`${target.namespace}/${target.name}`) ?? []).filter(({ entry }) => {
      const alias = entry.target?.alias;
      return alias === undefined || alias === target.alias;
    });
    const keyed = keysFor(target).flatMap((key) => {
      const entry = this.byKey.get(key);
      return entry === undefined ? [] : [{ key, entry }];
    });
    const isOwn = ({ entry }: KeyedEntry) => entry.target?.alias !== undefined;
    return [...named.filter(isOwn), ...keyed, ...named.filter((one) => !isOwn(one))];
  }
}
