/** Since when a running daemon has seen what an explanation tells. */
import { optionalProperty } from '../../core/base/optional-property.ts';
import type { AppKey } from '../../core/config/application.ts';
import { shortText } from '../../web/status/short-text.ts';
import type { StatusDocument } from '../../web/status/document.ts';
import type { DaemonProblem, Explanation } from './explanation.ts';
import type { ImageState } from './shown-decision.ts';

type ApplicationStatus = StatusDocument['applications'][number];

/** What the daemon calls a state that an explanation shows. */
const sameStates: Readonly<Record<ImageState, readonly ApplicationStatus['state'][]>> = {
  'up-to-date': [],
  'would-change': ['would-change', 'waiting'],
  failed: ['failing'],
  held: ['held', 'waiting', 'skipped'],
};

/** The explanation, with the time of each thing that the daemon sees as it does. */
export function withTimes(explanation: Explanation, app: AppKey, status: StatusDocument): Explanation {
  const seen = status.applications.find(({ name }) => name === app);
  const { write, warnings } = explanation;
  const sinceOf = (message: string) => problemSince(message, app, status);
  const daemon = daemonProblems(explanation, app, status);
  return {
    ...explanation,
    ...(daemon.length === 0 ? {} : { daemon }),
    images: explanation.images.map((image) => {
      const known = seen?.images.find(
        ({ alias, image: entry }) => alias === image.alias && entry === image.entry,
      );
      const isSame = known !== undefined && sameStates[image.decision.state].includes(known.state);
      const { doubt } = image.decision;
      return {
        ...image,
        ...(isSame ? { since: known.since } : {}),
        ...optionalProperty('doubtSince', doubt === undefined ? undefined : sinceOf(doubt).since),
      };
    }),
    warnings: warnings.map((warning) => ({ ...warning, ...sinceOf(warning.message) })),
    ...(write?.kind === 'failed' ? { write: { ...write, ...sinceOf(write.message) } } : {}),
  };
}

function daemonProblems(
  { state, images, warnings }: Explanation,
  app: AppKey,
  { problems }: StatusDocument,
): readonly DaemonProblem[] {
  if (state === 'failed') return []; // the daemon may say the same in other words: that it waits before it asks again
  const told = new Set([
    ...images.map(({ decision }) => shortText(decision.message)),
    ...warnings.map(({ message }) => shortText(message)),
  ]);
  return problems
    .filter((problem) => problem.level === 'error' && problem.applications.includes(app))
    .filter(({ message }) => !told.has(message))
    .map(({ message, advice, since }) => ({ message, ...optionalProperty('advice', advice), since }));
}

function problemSince(
  message: string,
  app: AppKey,
  { problems }: StatusDocument,
): { readonly since?: string } {
  const told = shortText(message);
  const known = problems.find((problem) => problem.message === told && problem.applications.includes(app));
  return optionalProperty('since', known?.since);
}
