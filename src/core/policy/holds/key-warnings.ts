/** Keys of the holds ConfigMap that name nothing, or two things. */
import { nearestWord } from '../../config/keys/annotation-keys.ts';
import type { HoldsBook } from './holds-book.ts';
import { type HoldsTarget, keysFor } from './holds-keys.ts';

const maxSuggested = 2; // each is compared with every name there is
const maxWarnings = 50;

/**
 * What is wrong with keys: those that name nothing, with the nearest name, and those that name two things. `targets`:
 * every image there is; an Application without images by itself.
 */
export function keyWarnings(book: HoldsBook, targets: readonly HoldsTarget[]): readonly string[] {
  const named = new Map<string, Set<string>>();
  for (const target of targets) {
    const [image, app, namespace] = target.alias ? keysFor(target) : [undefined, ...keysFor(target)];
    if (image !== undefined) add(named, image, `image ${target.alias} of ${target.namespace}/${target.name}`);
    if (app !== undefined) add(named, app, `Application ${target.namespace}/${target.name}`);
    if (namespace !== undefined) add(named, namespace, `namespace ${namespace}`);
  }
  const names = [...named.keys()];
  const apps = [...new Set(targets.map(({ namespace, name }) => `${namespace}/${name}`))];
  const known = new Set(apps);
  const keys = [...book.byKey.keys()];
  const unknownKeys = keys.filter((key) => !named.has(key)).slice(0, maxWarnings);
  const unknownApps = [...book.byApp.keys()].filter((app) => !known.has(app)).slice(0, maxWarnings);
  return [
    ...unknownKeys.map((key, index) => unknown(key, names, index)),
    ...keys.flatMap((key) => ambiguous(key, named.get(key))),
    ...unknownApps.map((app, index) => unknown(app, apps, index)),
  ].slice(0, maxWarnings);
}

function add(named: Map<string, Set<string>>, key: string, what: string): void {
  const known = named.get(key);
  if (known === undefined) named.set(key, new Set([what]));
  else known.add(what);
}

function unknown(text: string, names: readonly string[], index: number): string {
  const nearest = index < maxSuggested ? nearestWord(text, names) : undefined;
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `ConfigMap argocd-image-updater-holds: ${text} names no Application or image${hint}`;
}

function ambiguous(key: string, meanings: ReadonlySet<string> | undefined): readonly string[] {
  if (meanings === undefined || meanings.size < 2) return [];
  const message = `${key} means ${[...meanings].join(' and ')}: it counts for both; name one with app: <namespace>/<name>`;
  return [`ConfigMap argocd-image-updater-holds: ${message}`];
}
