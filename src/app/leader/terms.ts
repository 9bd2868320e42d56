/** Work that only one of several replicas does. */
import type { Election } from './election.ts';

export interface TermsOptions {
  /** Absent: there is one replica, which leads for ever. */
  readonly election: Pick<Election, 'lead'> | undefined;
  /** Called each time before this replica waits to lead. */
  readonly onWait: () => void;
  /** Ends soon after `lost` or `signal` has fired. */
  readonly work: (lost: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Resolves once the signal has fired and the work has ended. */
export async function workWhileLeading({ election, onWait, work, signal }: TermsOptions): Promise<void> {
  if (election === undefined) return work(new AbortController().signal);
  while (!signal.aborted) {
    onWait();
    const term = await election.lead(signal);
    if (term === undefined) return;
    try {
      await work(term.lost);
    } finally {
      await term.end();
    }
  }
}
