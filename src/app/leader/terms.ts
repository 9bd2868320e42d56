/** Work that only one of several replicas does. */
import type { Election } from './election.ts';

export interface TermsOptions {
  /** Absent: there is one replica, which leads for ever. */
  readonly election: Pick<Election, 'lead'> | undefined;
  /** Called each time before this replica waits to lead. */
  readonly onWait: () => void;
  /** Ends soon after `over` or `signal` has fired; what it leaves behind ends with `over`. */
  readonly work: (over: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Resolves once the signal has fired and the work has ended. */
export async function workWhileLeading({ election, onWait, work, signal }: TermsOptions): Promise<void> {
  if (election === undefined) return work(new AbortController().signal);
  while (!signal.aborted) {
    onWait();
    const term = await election.lead(signal);
    if (term === undefined) return;
    const ended = new AbortController();
    try {
      await work(AbortSignal.any([term.lost, ended.signal]));
    } finally {
      // What outlived its cycle may be in the middle of a push: that is over before another replica can lead.
      ended.abort(new Error('the term ends'));
      await term.end();
    }
  }
}
