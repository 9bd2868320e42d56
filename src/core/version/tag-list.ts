/** The tags of a repository, in the order of its registry. */

export interface TagList extends Iterable<string> {
  readonly length: number;
  includes(tag: string): boolean;
}

/** A longer list is kept as one text: a million strings take four times as much. */
const longestPlain = 100_000;

export function isLong({ length }: TagList): boolean {
  return length > longestPlain;
}

/** Tags hold no line break. */
export function tagList(tags: readonly string[]): TagList {
  return isLong(tags) ? new PackedTags(tags) : tags;
}

class PackedTags implements TagList {
  readonly length: number;
  readonly #text: string;

  constructor(tags: readonly string[]) {
    this.length = tags.length;
    this.#text = tags.join('\n');
  }

  includes(tag: string): boolean {
    for (const listed of this) if (listed === tag) return true;
    return false;
  }

  *[Symbol.iterator](): Generator<string, void> {
    for (let start = 0; start <= this.#text.length; ) {
      const end = this.#text.indexOf('\n', start);
      yield this.#text.slice(start, end < 0 ? undefined : end);
      if (end < 0) return;
      start = end + 1;
    }
  }
}
