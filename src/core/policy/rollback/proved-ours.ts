/** Which commits without a line for a key are ours all the same (spec/policies.md 2.4). */
import { shortVersion } from '../../image/image.ts';
import { isOnBehalf, type KeyPlace, parseChanges } from './lines/change-line.ts';
import { type ImageVersion, sameVersion } from './lines/image-version.ts';
import type { PastCommit } from './past-values.ts';

export interface OurTraces {
  /** Name of the Application, which the default message holds. */
  readonly application: string;
  /** The message, up to its trailers, that our template gives to the change; absent where it cannot be rendered. */
  readonly messageOf?: (from: ImageVersion | undefined, to: ImageVersion) => string | undefined;
}

/** An identity is shared with bots, and messages can be written by anybody: only both together prove something. */
export function isProvedOurs(
  commit: PastCommit,
  change: { readonly from: ImageVersion | undefined; readonly to: ImageVersion },
  place: KeyPlace,
  traces: OurTraces,
): boolean {
  const { message } = commit;
  if (isOnBehalf(message)) return false;
  // The line of a branch that was renamed, or merged as it is, into the one that is looked at.
  if (linesAt(message, place).some(({ to }) => sameVersion(to, change.to))) return true;
  if (!commit.isByUs) return false;
  const { from, to } = change;
  return tellsChange(message, from, to) || isRendered(message, traces.messageOf?.(from, to));
}

/** Of a commit of another branch that was merged here: it may have been about that branch alone, or about another Application. */
export function isMeantHere(commit: PastCommit, place: KeyPlace, { application }: OurTraces): boolean {
  if (indexOfWord(commit.message, application, 0) === -1) return false;
  return linesAt(commit.message, place).every((line) => line.place.branch === place.branch);
}

function linesAt(message: string, { path, key }: KeyPlace) {
  return parseChanges(message).filter(({ place }) => place.path === path && place.key === key);
}

/** The old version, and the new one behind it: who reverts such a commit quotes them the other way round. */
function tellsChange(message: string, from: ImageVersion | undefined, to: ImageVersion): boolean {
  if (from === undefined) return false;
  const before = indexOfWord(message, shortVersion(from), 0);
  return before !== -1 && indexOfWord(message, shortVersion(to), before + 1) !== -1;
}

/** Where the word stands by itself: not as part of a longer version or name. */
function indexOfWord(text: string, word: string, start: number): number {
  if (word === '') return -1;
  for (let at = text.indexOf(word, start); at !== -1; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    const isWhole =
      !/[\w.+-]/.test(text.charAt(at - 1)) && !/^(?:[\w+-]|\.\w)/.test(text.slice(end, end + 2));
    if (isWhole) return at;
  }
  return -1;
}

/** Equal up to trailers and sign-off. */
function isRendered(message: string, rendered: string | undefined): boolean {
  const body = rendered?.trimEnd();
  if (body === undefined || body === '' || !message.startsWith(body)) return false;
  const rest = message.slice(body.length);
  if (rest !== '' && !rest.startsWith('\n')) return false;
  return rest.split('\n').every((line) => line.trim() === '' || /^[A-Za-z0-9-]+: /.test(line));
}
