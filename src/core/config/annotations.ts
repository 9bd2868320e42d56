/** Annotations of an Application -> AppConfig: what to track, and where to write. */
import { configFailure, fail } from '../base/outcome.ts';
import { openToAll, type TenantRules } from '../tenants/tenant-rules.ts';
import type { AppConfig, ConfiguredImage, Warning } from './app-config.ts';
import type { Application, SourceType } from './application.ts';
import { checkConflicts, keySpaceOf } from './image-conflicts.ts';
import { applicationValue } from './keys/annotation-values.ts';
import { aliasesIn, splitImageList } from './keys/image-list.ts';
import { misspeltKeys } from './keys/misspelt-keys.ts';
import { configureImage } from './read-image.ts';
import { readWriteBack } from './write-back.ts';
import { writeBackWarnings } from './write-warnings.ts';
import { readWrittenSource } from './written-source.ts';

export interface ReadConfigOptions {
  /** Namespace that Argo CD lives in: decides the name of the default override file. */
  readonly argocdNamespace: string;
  /** `os/arch` for images without `platforms`. */
  readonly defaultPlatform: string;
  /** What annotations may name; absent: everything. */
  readonly tenants?: TenantRules;
  /** Type found in the repository, for an application without status; used where nothing else tells it. */
  readonly sourceType?: SourceType;
}

/**
 * Reads everything that the annotations say. User mistakes are data: a mistake about one image fails
 * that image, one about writing fails `writeBack`, and what stops nothing is a warning.
 */
export function readConfig(app: Application, options: ReadConfigOptions): AppConfig {
  const warnings: Warning[] = [];
  const warn = (message: string, annotation?: string): void => {
    warnings.push(annotation === undefined ? { message } : { message, annotation });
  };
  const deprecate = (message: string, annotation: string): void => {
    if (warnings.every((known) => known.message !== message))
      warnings.push({ message, annotation, isDeprecation: true });
  };
  const { defaultPlatform, argocdNamespace, tenants = openToAll } = options;
  const entries = splitImageList(applicationValue(app.annotations, 'image-list') ?? '');
  const configured = entries.map((entry, index) =>
    configureImage({ app, defaultPlatform, tenants, warn, deprecate }, entry, index),
  );
  const { source, unsupported } = readWrittenSource(app, options.sourceType);
  const sourceType = source.ok ? source.value.sourceType : undefined;
  const writeBack =
    unsupported === undefined
      ? source.ok
        ? readWriteBack(app, source.value, argocdNamespace, tenants)
        : source
      : fail(configFailure(unsupported));
  const space = keySpaceOf(
    sourceType,
    writeBack.ok && writeBack.value.kind === 'git' ? writeBack.value.target : undefined,
  );
  const checked = checkConflicts(configured, space);
  if (configured.length === 0) warn('image-list names no image', 'image-list');
  const keyWarnings = misspeltKeys(app.annotations, configured.flatMap(aliasesOf));
  return {
    app,
    images: checked.images,
    writeBack,
    ...(sourceType === undefined ? {} : { sourceType }),
    ...(unsupported === undefined ? {} : { unsupported }),
    warnings: [
      ...warnings,
      ...checked.warnings,
      ...writeBackWarnings({ app, writeBack, sourceType, images: checked.images, tenants }),
      ...keyWarnings,
    ],
  };
}

/** An entry that cannot be read may have named one. */
function aliasesOf({ alias, entry, image }: ConfiguredImage): readonly string[] {
  return image.ok ? [alias] : [alias, ...aliasesIn(entry)];
}

export {
  annotationPrefix,
  type AppConfig,
  type ApplicationSource,
  type ConfiguredImage,
  type GitCredentialSource,
  type GitWriteBack,
  type TrackedImage,
  type Warning,
  type WriteBack,
  type WriteTarget,
} from './app-config.ts';
