/** What was patched last in each live Application, so that nobody is fought over a value. */
import { createHash } from 'node:crypto';
import { type AppKey, type Application, appKey } from '../core/config/application.ts';
import type { JsonPatchOperation } from '../core/live-patch.ts';

export interface PatchMemory {
  /** Whether exactly these operations were the last that the server took: what they changed is as it was before. */
  isUndone(app: Application, operations: readonly JsonPatchOperation[]): boolean;
  /** True the first time that it is asked for what was taken last. */
  isNews(app: Application): boolean;
  /** Whether the last patch was sent without learning what became of it. */
  isUnclear(app: Application): boolean;
  taken(app: Application, operations: readonly JsonPatchOperation[]): void;
  unclear(app: Application): void;
}

type Remembered =
  | { readonly kind: 'unclear' }
  | { readonly kind: 'taken'; readonly digest: string; isTold: boolean };

const maxApplications = 10_000;

export function makePatchMemory(): PatchMemory {
  const patches = new Map<AppKey, Remembered>();
  const remember = (app: Application, last: Remembered): void => {
    const key = appKey(app);
    patches.delete(key); // the one that was written last is the last to be forgotten
    patches.set(key, last);
    const [oldest] = patches.keys();
    if (patches.size > maxApplications && oldest !== undefined) patches.delete(oldest);
  };
  return {
    isUndone(app, operations) {
      const last = patches.get(appKey(app));
      return last?.kind === 'taken' && last.digest === digestOf(operations);
    },
    isNews(app) {
      const last = patches.get(appKey(app));
      if (last?.kind !== 'taken' || last.isTold) return false;
      last.isTold = true;
      return true;
    },
    isUnclear: (app) => patches.get(appKey(app))?.kind === 'unclear',
    taken(app, operations) {
      remember(app, { kind: 'taken', digest: digestOf(operations), isTold: false });
    },
    unclear(app) {
      remember(app, { kind: 'unclear' });
    },
  };
}

function digestOf(operations: readonly JsonPatchOperation[]): string {
  return createHash('sha256').update(JSON.stringify(operations)).digest('base64');
}
