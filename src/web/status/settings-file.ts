/** A file of settings that may be replaced while the program runs, as those who tell of it see it. */

export interface SettingsFile {
  /** "": there is none. */
  readonly path: string;
  /** There while its newest version is not in force. */
  readonly refusal: Refusal | undefined;
}

export interface Refusal {
  readonly message: string;
  readonly sinceMs: number;
}
