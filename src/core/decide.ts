/** Applications' configuration + answers -> exactly one decision per image. */
import type { TrackedImage } from './annotations.ts';
import type { ImageRef } from './image.ts';
import type { Failure } from './outcome.ts';

/** How the candidates fell: enough to explain a decision without asking again. */
export interface Trace {
  /** Tags the registry listed; absent where no list was asked for (digest strategy). */
  readonly listed?: number;
  /** Rule -> how many tags it dropped, in the order the rules apply. */
  readonly dropped: readonly {
    readonly rule: string;
    readonly count: number;
    readonly examples: readonly string[];
  }[];
}

export type SkipReason =
  | 'not-live' // no running image of that name in the application
  | 'not-decided'; // shutting down

export type Decision = {
  /** Identity inside the application: position in image-list. */
  readonly index: number;
  readonly alias: string;
  readonly entry: string;
  readonly trace: Trace;
} & (
  | { readonly kind: 'update'; readonly image: TrackedImage; readonly from?: ImageRef; readonly to: ImageRef }
  | {
      readonly kind: 'current';
      readonly image: TrackedImage;
      readonly at: ImageRef;
      /** Why no newer one was chosen, where that deserves a warning. */
      readonly warning?: string;
    }
  | { readonly kind: 'skipped'; readonly reason: SkipReason; readonly message: string }
  | { readonly kind: 'failed'; readonly failure: Failure }
);
