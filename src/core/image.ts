/** Image references and image-list entries: one grammar, kept as written and in canonical form. */

/** `sha256:<64 hex>`; other algorithms are kept as text. */
export type Digest = string;

/**
 * A reference in two forms. `registry` and `name` are the user's spelling, for writing back
 * (`nginx` -> "", `nginx`); `canonical` is what is asked for and compared (`docker.io`, `library/nginx`).
 */
export interface ImageRef {
  /** The text it was parsed from, without alias. */
  readonly written: string;
  /** As written, "" if none was written. */
  readonly registry: string;
  /** Repository path as written, without registry. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: Digest;
  readonly canonical: CanonicalImage;
}

export interface CanonicalImage {
  /** Host, with port if any: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** `library/nginx`, `acme/web`. */
  readonly repository: string;
}

/** One entry of `image-list`: `[alias=]image[:constraint]`. */
export interface ImageListEntry {
  /** Trimmed text of the entry. */
  readonly text: string;
  /** "" if none was given. */
  readonly alias: string;
  /** Without tag: what stands behind the colon is the constraint. */
  readonly image: ImageRef;
  /** Text behind the colon: a version constraint, or the tag to follow. Absent if none or empty. */
  readonly constraint?: string;
}
