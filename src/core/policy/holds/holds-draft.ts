/** Entries of the holds ConfigMap on their way to other texts. */
import { configFailure, fail, type Outcome, succeed } from '../../base/outcome.ts';
import type { NewValue } from '../../yaml/new-text.ts';
import type { Zones } from '../words/zone.ts';
import { type FieldName, withField } from './entry-text.ts';
import { HoldsBook, type HoldsData, holdsSource } from './holds-book.ts';
import { type HoldsEntry, readHoldsEntry } from './holds-entry.ts';
import { type HoldsTarget, keysFor } from './holds-keys.ts';

/** Texts by key; null: there is none. */
export type HoldsTexts = Readonly<Record<string, string | null>>;

const keyPattern = /^[-._a-zA-Z0-9]{1,253}$/; // what Kubernetes admits
const maxKeyLength = 240; // leaves room for a number

export class HoldsDraft {
  readonly #data: HoldsData;
  readonly #zones: Zones;
  readonly #book: HoldsBook;
  readonly #texts = new Map<string, string>();

  constructor(data: HoldsData, zones: Zones) {
    this.#data = data;
    this.#zones = zones;
    this.#book = new HoldsBook(data, zones);
  }

  /** As it is by now. A person has to mend one that cannot be read: nobody knows what it was to say. */
  entry(key: string): Outcome<HoldsEntry> {
    const entry = readHoldsEntry(this.#text(key), this.#zones);
    if (entry.mistakes.length === 0) return succeed(entry);
    const message = `${holdsSource(key)} cannot be read: ${entry.mistakes.join('; ')}; mend it first`;
    return fail(configFailure(message));
  }

  set(key: string, field: FieldName, value: NewValue | null): Outcome<void> {
    const text = withField(this.#text(key), field, value);
    if (!text.ok) return text;
    this.#texts.set(key, text.value);
    return succeed(undefined);
  }

  /** A text as a whole; "" takes the key away. */
  put(key: string, text: string): void {
    this.#texts.set(key, text);
  }

  /** The key of exactly this target, whether there is an entry or not. */
  keyOf({ namespace, name, alias = '' }: HoldsTarget): string {
    const app = `${namespace}/${name}`;
    const named = this.#book.byApp.get(app)?.find(({ entry }) => (entry.target?.alias ?? '') === alias);
    if (named !== undefined) return named.key;
    const [made = ''] = keysFor({ namespace, name, alias });
    const isFree = !Object.hasOwn(this.#data, made) || this.#book.byKey.has(made);
    return keyPattern.test(made) && isFree ? made : this.#newKey(made);
  }

  /** An entry that says nothing but whom it is for goes. */
  dropIfIdle(key: string): void {
    const { target, skips, resumed, mistakes, ...others } = readHoldsEntry(this.#text(key), this.#zones);
    const isIdle = skips.length + resumed.length + mistakes.length + Object.keys(others).length === 0;
    if (target !== undefined && isIdle) this.put(key, '');
  }

  /** Says whom an entry is for, where its key does not. */
  name(key: string, { namespace, name, alias = '' }: HoldsTarget): Outcome<void> {
    const [made] = keysFor({ namespace, name, alias });
    if (key === made || this.#text(key) !== '') return succeed(undefined);
    const app = this.set(key, 'app', `${namespace}/${name}`);
    return app.ok && alias !== '' ? this.set(key, 'image', alias) : app;
  }

  /** What has become different, and what it was. */
  changes(): { readonly data: HoldsTexts; readonly before: HoldsTexts } {
    const changed = [...this.#texts].filter(([key, text]) => text !== (this.#data[key] ?? ''));
    const orNull = (text: string) => (text === '' ? null : text);
    return {
      data: Object.fromEntries(changed.map(([key, text]) => [key, orNull(text)])),
      before: Object.fromEntries(changed.map(([key]) => [key, orNull(this.#data[key] ?? '')])),
    };
  }

  /** The ConfigMap as it would be. */
  book(): HoldsBook {
    const texts = Object.keys(this.#data).concat([...this.#texts.keys()]);
    const data = Object.fromEntries(texts.map((key) => [key, this.#text(key)]));
    return new HoldsBook(
      Object.fromEntries(Object.entries(data).filter(([, text]) => text !== '')),
      this.#zones,
    );
  }

  #text(key: string): string {
    return this.#texts.get(key) ?? (Object.hasOwn(this.#data, key) ? (this.#data[key] ?? '') : '');
  }

  #newKey(made: string): string {
    const base = made.replaceAll(/[^-._a-zA-Z0-9]/g, '_').slice(0, maxKeyLength);
    for (let number = 1; ; number += 1) {
      const key = `${base}-${number}`;
      if (!Object.hasOwn(this.#data, key)) return key;
    }
  }
}
