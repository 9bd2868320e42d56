/** Applications that look as if somebody meant them to be updated, though they have no `image-list`. */
import { annotationPrefix, editDistance, isNoticeKey } from './annotation-keys.ts';

const imageList = 'image-list';
const maxDistance = 2; // more edits than that make another word
const leftAlone = 'The Application is left alone.';

/** What is wrong with the annotations, by full key, of an Application without `image-list`; undefined: nothing. */
export function missingImageList(keys: readonly string[]): string | undefined {
  const own = keys.filter((key) => key.startsWith(annotationPrefix));
  const names = own.map((key) => key.slice(annotationPrefix.length)).filter((name) => !isNoticeKey(name));
  const misspelt = names.find((name) => isNear(name, imageList));
  if (misspelt !== undefined) return `${misspelt} is unknown; did you mean ${imageList}? ${leftAlone}`;
  const foreign = keys.find(hasNearPrefix);
  if (foreign !== undefined) {
    const name = foreign.slice(foreign.indexOf('/') + 1);
    const meant = isNear(name, imageList) ? imageList : name;
    return `${foreign} is unknown; did you mean ${annotationPrefix}${meant}? ${leftAlone}`;
  }
  const [first] = names;
  return first === undefined ? undefined : `${first} has no effect: there is no ${imageList}. ${leftAlone}`;
}

function hasNearPrefix(key: string): boolean {
  const slash = key.indexOf('/');
  return slash > 0 && !key.startsWith(annotationPrefix) && isNear(key.slice(0, slash + 1), annotationPrefix);
}

/** The lengths are compared first: all annotations of all Applications of a cluster come by here. */
function isNear(text: string, word: string): boolean {
  const difference = Math.abs(text.length - word.length);
  return difference <= maxDistance && editDistance(text, word) <= maxDistance;
}
