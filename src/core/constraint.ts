/** Masterminds/semver constraints. */

/** A parsed constraint; `text` is what the user wrote. */
export interface Constraint {
  readonly text: string;
}
