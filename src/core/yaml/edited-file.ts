/** What became of a file, scalar by scalar. */

/** One scalar that an edit changed, for the log. */
export interface ChangedScalar {
  readonly path: string;
  /** Key path inside the file. */
  readonly key: string;
  /** Absent where the key is new. */
  readonly from?: string;
  readonly to: string;
}

/** A file after an edit; files that did not change are not listed. */
export interface EditedFile {
  readonly path: string;
  readonly text: string;
  readonly changes: readonly ChangedScalar[];
  /** What may be without effect though it is written. */
  readonly warnings?: readonly string[];
}
