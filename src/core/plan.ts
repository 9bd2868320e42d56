/** Decisions -> intentions: what each application wants written, and where. */

/** One changed image, as messages, branch names and events tell it. */
export interface ImageChange {
  readonly alias: string;
  /** Repository path as written, without registry: `acme/web`. */
  readonly name: string;
  /** With registry as written: `ghcr.io/acme/web`. */
  readonly fullName: string;
  /** Digest if there is one, else tag; "" if unknown. */
  readonly oldTag: string;
  readonly newTag: string;
}
