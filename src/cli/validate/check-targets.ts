/** With `--repo`: what an edit of each target would say, by the edits that `run` makes. */
import { repositoryIdentity } from '../../core/base/git-url.ts';
import type { TargetReader } from '../../app/repository/target-files.ts';
import type { CheckOptions } from './check-application.ts';
import type { FoundApplication } from './check-file.ts';
import type { FileFinding } from './findings/finding.ts';
import { findMissingFolder, tryTarget } from './target-trial.ts';

export interface CheckedTargets {
  readonly findings: readonly FileFinding[];
  /** False where it writes to another repository, or to none. */
  readonly isHere: boolean;
}

export async function checkTargets(
  { config, placeOfAnnotation }: FoundApplication,
  checkout: TargetReader,
  remotes: ReadonlySet<string>,
  options: CheckOptions,
): Promise<CheckedTargets> {
  const writeBack = config.writeBack.ok ? config.writeBack.value : undefined;
  if (writeBack?.kind !== 'git') return { findings: [], isHere: false };
  if (remotes.size > 0 && !remotes.has(repositoryIdentity(writeBack.repoURL)))
    return { findings: [], isHere: false };
  const missing = await findMissingFolder(config, writeBack.sourceIndex, checkout);
  if (missing !== undefined) {
    const message = missing.message;
    const rule = 'target-file';
    return {
      findings: [{ ...placeOfAnnotation('image-list'), rule, severity: 'error', message }],
      isHere: true,
    };
  }
  const edited = await tryTarget(config, checkout, options);
  if (edited === undefined) return { findings: [], isHere: true };
  const annotation = Object.keys(config.app.annotations).some((key) => key.endsWith('/write-back-target'))
    ? 'write-back-target'
    : 'image-list';
  const place = placeOfAnnotation(annotation);
  if (!edited.ok) {
    const { message } = edited.failure;
    return { findings: [{ ...place, rule: 'target-file', severity: 'error', message }], isHere: true };
  }
  const findings = edited.value.flatMap(({ warnings = [] }) =>
    warnings.map((message): FileFinding => {
      const keyed = config.images.find(({ image }) => image.ok && namesKeyOf(image.value.helm, message));
      const role = keyed?.image.ok === true ? roleOf(keyed.image.value.helm, message) : undefined;
      const where =
        keyed === undefined || role === undefined
          ? place
          : placeOfAnnotation(`${keyed.alias}.helm.image-${role}`);
      return { ...where, rule: 'target-key', severity: 'warning', message };
    }),
  );
  return { findings, isHere: true };
}

type Keys = Readonly<Partial<Record<'name' | 'tag' | 'spec' | 'digest', string>>>;

const roleOf = (keys: Keys, message: string): keyof Keys | undefined =>
  (['tag', 'name', 'spec', 'digest'] as const).find((role) => {
    const key = keys[role];
    return key !== undefined && message.includes(` ${key} `);
  });

const namesKeyOf = (keys: Keys, message: string): boolean => roleOf(keys, message) !== undefined;
