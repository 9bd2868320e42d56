/** What to tell a user whose image is in none of the manifests. */
import { type ImageWanted, imageName } from './occurrences.ts';
import type { Failure } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';

const shownFiles = 3;
const shownImages = 5;

/** `paths`: the files that were looked through. */
export function absentImages(absent: readonly ImageWanted[], paths: readonly string[]): Failure {
  const [path = ''] = paths;
  if (paths.length === 0) {
    return { kind: 'edit', path, message: 'no manifest is there: check the paths of write-back-target' };
  }
  const shown = absent.slice(0, shownImages).map(description);
  const more = absent.length > shownImages ? ` and ${absent.length - shownImages} more` : '';
  const message = `${filesText(paths)}: no reference of ${shown.join('; ')}${more}; check the image's name and the paths of write-back-target`;
  return { kind: 'edit', path, message };
}

/** The image with its places, as the annotations have them. */
function description(wanted: ImageWanted): string {
  const { alias, path, container } = wanted;
  const owner = alias === '' ? '' : ` (alias ${alias})`;
  const where = container === undefined ? 'in any container' : `in a container named ${quoted(container)}`;
  const hint =
    path === undefined
      ? alias === ''
        ? ''
        : `, and ${alias}.manifests.path names no place in custom resources`
      : ` or at ${quoted(path)} of a custom resource`;
  return `${imageName(wanted)}${owner} ${where}${hint}`;
}

function filesText(paths: readonly string[]): string {
  const shown = paths.slice(0, shownFiles).join(', ');
  const more = paths.length > shownFiles ? `, … (${paths.length} files)` : '';
  return `${shown}${more}`;
}
