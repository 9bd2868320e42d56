/** Which tags of a repository an image may use: allow-tags and ignore-tags. */

/** Plain data, so that equal filters of two images are one question. */
export interface TagFilter {
  /** RE2 pattern, matched unanchored; absent: any tag. */
  readonly allow?: string;
  /** Go `filepath.Match` patterns; a tag that matches one is dropped. */
  readonly ignore: readonly string[];
}
