/** The tags of a repository, in the order of its registry. */

export interface TagList extends Iterable<string> {
  readonly length: number;
  includes(tag: string): boolean;
  /** Whoever has read a long list says so: another one is asked for then. Whoever does not delays that. */
  release?(): void;
}

/** A longer list is kept as one text: a million strings take four times as much. */
const longestPlain = 100_000;

export function isLong({ length }: TagList): boolean {
  return length > longestPlain;
}
