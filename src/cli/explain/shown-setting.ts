/** A setting as it was understood, with its origin. */
export interface ShownSetting {
  readonly setting: string;
  readonly value: string;
  /** The annotation without prefix, or what else gave the value. */
  readonly from: string;
  /** Whom the annotation is for; absent where none is there. */
  readonly reach?: 'image' | 'application';
}
