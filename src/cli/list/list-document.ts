/** What `list` tells of each Application: its images and settings as they are understood. */
import type { AppConfig, TrackedImage, WriteBack } from '../../core/config/annotations.ts';
import { type Application, appKey } from '../../core/config/application.ts';
import { withoutLogin } from '../../core/base/git-url.ts';
import type { Outcome } from '../../core/base/outcome.ts';
import type { ListedProblem } from '../../core/report/report.ts';
import { ruleText } from '../../core/report/rule-text.ts';
import { shownPolicies } from '../explain/policies-shown.ts';

interface ListedImage {
  readonly alias: string;
  readonly image: string;
  readonly rule?: string;
  /** What holds back, delays or orders updates, as it is written: `min-age 72h`. */
  readonly policies?: readonly string[];
  readonly problem?: string;
}

export interface Listed {
  readonly name: string;
  /** `argocd`, or the repository and what is written there. */
  readonly write: string;
  readonly problem?: string;
  readonly warnings: readonly string[];
  readonly images: readonly ListedImage[];
}

export interface Listing {
  readonly applications: readonly Listed[];
  /** Of objects and files that cannot be read. */
  readonly problems: readonly ListedProblem[];
}

export function listedOf({ app, images, writeBack, unsupported, warnings }: AppConfig): Listed {
  const problem = unsupported ?? (writeBack.ok ? undefined : writeBack.failure.message);
  return {
    name: appKey(app),
    write: writeText(writeBack),
    ...(problem === undefined ? {} : { problem }),
    warnings: warnings.map(({ message }) => message),
    images: images.map(({ alias, entry, image }) => ({
      alias,
      image: entry,
      ...(image.ok
        ? { rule: ruleText(image.value), policies: policiesOf(app, image.value) }
        : { problem: image.failure.message }),
    })),
  };
}

function policiesOf(app: Application, image: TrackedImage): readonly string[] {
  return shownPolicies(app, image).map(({ setting, value }) => `${setting} ${value}`);
}

function writeText(writeBack: Outcome<WriteBack>): string {
  if (!writeBack.ok) return '';
  const { value } = writeBack;
  if (value.kind === 'argocd') return 'argocd';
  const { target, repoURL, base, pushTemplate } = value;
  const branch = pushTemplate ?? base;
  const place =
    'path' in target ? target.path : 'directory' in target ? target.directory : target.paths.join(' ');
  return `${withoutLogin(repoURL)}${branch === undefined ? '' : ` ${branch}`} ${target.kind} ${place}`;
}
