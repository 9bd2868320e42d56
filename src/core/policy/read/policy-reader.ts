/** Values of policies from two sources, each read by its word, and put together by the rule of its key. */
import type { PolicyKey } from '../../config/keys/policy-keys.ts';
import type { Outcome } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';
import type { Sourced } from '../settings.ts';
import type { PolicyDefaults } from './defaults.ts';
import { ownerTexts } from './given.ts';
import type { GivenText, PolicySubject } from './subject.ts';

type Word<Value> = (text: string, source: string) => Outcome<Value>;

interface ReadText<Value> extends Sourced<Value> {
  readonly text: string;
}

/** Of one key: what the owner and the administrator say, as far as it can be read. */
interface ReadGiven<Value> {
  readonly owner?: ReadText<Value>;
  readonly administrator?: ReadText<Value>;
}

/** What is said of one key. */
interface Given {
  readonly owner?: GivenText;
  readonly administrator?: GivenText;
}

/** Collects what cannot be read, and what is said in vain. */
export class PolicyReader {
  readonly invalid: Sourced<string>[] = [];
  readonly warnings: string[] = [];
  readonly #subject: PolicySubject;
  readonly #defaults: PolicyDefaults;
  readonly #owner: ReadonlyMap<PolicyKey, GivenText>;

  constructor(subject: PolicySubject, defaults: PolicyDefaults) {
    this.#subject = subject;
    this.#defaults = defaults;
    this.#owner = ownerTexts(subject);
    this.invalid.push(...defaults.mistakesFor(subject));
  }

  /** An administrator's value counts beside the owner's, unless he lets owners overrule the key. */
  given(key: PolicyKey): Given {
    const owner = this.#owner.get(key);
    const administrator = this.#defaults.textFor(key, this.#subject);
    const isOverruled = owner !== undefined && this.#defaults.overridable.has(key);
    return {
      ...(owner === undefined ? {} : { owner }),
      ...(administrator === undefined || isOverruled ? {} : { administrator }),
    };
  }

  refuse(source: string, message: string): void {
    this.invalid.push({ source, value: message });
  }

  /** The owner's value, else the administrator's. */
  nearest<Value>(key: PolicyKey, word: Word<Value>): Sourced<Value> | undefined {
    const { owner, administrator } = this.given(key);
    return sourced(this.#read(owner ?? administrator, word));
  }

  /** Both count: the owner's first. */
  both<Value>(key: PolicyKey, word: Word<Value>): readonly Sourced<Value>[] {
    const { owner, administrator } = this.#readGiven(key, word);
    return [sourced(owner), sourced(administrator)].filter((one) => one !== undefined);
  }

  /** The owner's value only where it is not weaker than the administrator's. */
  tighter<Value>(
    key: PolicyKey,
    word: Word<Value>,
    isWeaker: (value: Value, than: Value) => boolean,
  ): Sourced<Value> | undefined {
    const { owner, administrator } = this.#readGiven(key, word);
    if (owner === undefined || administrator === undefined) return sourced(owner ?? administrator);
    if (!isWeaker(owner.value, administrator.value)) return sourced(owner);
    this.warnings.push(
      `${owner.source} ${quoted(owner.text)} is weaker than ${administrator.source} ${quoted(administrator.text)}, which counts`,
    );
    return sourced(administrator);
  }

  #readGiven<Value>(key: PolicyKey, word: Word<Value>): ReadGiven<Value> {
    const { owner, administrator } = this.given(key);
    const [ownerRead, administratorRead] = [this.#read(owner, word), this.#read(administrator, word)];
    return {
      ...(ownerRead === undefined ? {} : { owner: ownerRead }),
      ...(administratorRead === undefined ? {} : { administrator: administratorRead }),
    };
  }

  #read<Value>(given: GivenText | undefined, word: Word<Value>): ReadText<Value> | undefined {
    if (given === undefined) return undefined;
    const read = word(given.text, given.source);
    if (read.ok) return { value: read.value, source: given.source, text: given.text };
    this.refuse(given.source, `${given.source}: ${read.failure.message}`);
    return undefined;
  }
}

function sourced<Value>(read: ReadText<Value> | undefined): Sourced<Value> | undefined {
  return read && { value: read.value, source: read.source };
}
