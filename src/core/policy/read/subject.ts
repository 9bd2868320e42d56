/** Whom policies are read for, and values as they are written. */
import type { Annotations } from '../../config/keys/annotation-values.ts';

/** A value as written, trimmed and not empty, with the name that its source has for it. */
export interface GivenText {
  readonly text: string;
  readonly source: string;
}

/** One image of an Application. */
export interface PolicySubject {
  readonly annotations: Annotations;
  /** "" for an image without: it has no keys of its own. */
  readonly alias: string;
  readonly project: string;
  readonly namespace: string;
}
