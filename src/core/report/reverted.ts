/** What is said where somebody undoes what write-back-method argocd has set. */
import type { Application } from '../config/application.ts';

export interface Undone {
  /** JSON pointer to what was changed. */
  readonly path: string;
  /** Field manager that wrote it last; "" if unknown. */
  readonly by: string;
}

export function revertedWords(
  { applicationSet }: Pick<Application, 'applicationSet'>,
  { path, by }: Undone,
): string {
  const writer = by === '' ? 'another writer' : `field manager "${by}"`;
  const owner = applicationSet === undefined ? '' : `, ApplicationSet ${applicationSet} owns it`;
  return `${path} was put back by ${writer}${owner}: it is not written again until something else changes`;
}

export function revertedRemedy(app: Application, { path }: Undone): string {
  const pointer = path.startsWith('/spec/sources/') ? '/spec/sources' : path;
  if (app.applicationSet !== undefined) {
    return (
      `use write-back-method: git, or give the ApplicationSet's spec ` +
      `ignoreApplicationDifferences: [{jsonPointers: [${pointer}]}]`
    );
  }
  return (
    `use write-back-method: git, or let its writer leave ${pointer} alone (in an Application that holds this one: ` +
    'ignoreDifferences with managedFieldsManagers: [argocd-image-updater], and RespectIgnoreDifferences=true)'
  );
}
