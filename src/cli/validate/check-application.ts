/** An Application, or the template of one -> what is wrong with its annotations, by the readers that `run` has. */
import { annotationPrefix } from '../../core/config/keys/annotation-keys.ts';
import { type AppConfig, readConfig } from '../../core/config/annotations.ts';
import { type Application, readApplication, shapeProblems } from '../../core/config/application.ts';
import { isRecord } from '../../core/base/json.ts';
import type { Failure } from '../../core/base/outcome.ts';
import { missingImageList } from '../../core/config/keys/missing-list.ts';
import type { FileFinding, Place } from './findings/finding.ts';
import { checkPolicies } from './check-policies.ts';
import { filledIn, hasPlaceholder } from './placeholders.ts';
import { type RuleId, ruleOfAnnotation, type Severity } from './findings/rules.ts';
import type { PlacedObject } from './yaml-objects.ts';

export interface CheckOptions {
  readonly argocdNamespace: string;
  readonly defaultPlatform: string;
  /** Windows have to come after it. Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface CheckedApplication {
  readonly findings: readonly FileFinding[];
  /** Absent where it is not ours, or cannot be read. */
  readonly config?: AppConfig;
  readonly placeOfAnnotation: (annotation: string) => Place;
}

type Path = readonly (string | number)[];

/** `root`: where metadata and spec are; an Application has them at its top, an ApplicationSet below `spec.template`. */
export function checkApplication(
  object: PlacedObject,
  root: Path,
  options: CheckOptions,
): CheckedApplication {
  const given = at(object.value, root);
  const annotations = at(given, ['metadata', 'annotations']);
  const place = (path: Path): Place => object.placeOf([...root, ...path]);
  const pathOf = (annotation: string): Path => ['metadata', 'annotations', annotationPrefix + annotation];
  const placeOfAnnotation = (annotation: string): Place => place(pathOf(annotation));
  const keys = isRecord(annotations) ? Object.keys(annotations) : [];
  const nothing = { findings: [], placeOfAnnotation };
  if (!keys.includes(`${annotationPrefix}image-list`)) {
    const message = missingImageList(keys);
    if (message === undefined) return nothing;
    const key = keys.find(
      (each) => message.startsWith(each) || message.startsWith(each.slice(each.indexOf('/') + 1)),
    );
    const where = place(['metadata', 'annotations', ...(key === undefined ? [] : [key])]);
    return { ...nothing, findings: [{ ...where, rule: 'unknown-key', severity: 'error', message }] };
  }
  const twice = object
    .twice([...root, 'metadata', 'annotations'])
    .filter(({ key }) => key.startsWith(annotationPrefix))
    .map(({ key, place: where }) => finding('duplicate-annotation', 'error', where, `${key} is there twice`));
  const isTemplate = root.length > 0;
  const filled = isTemplate ? filledIn(given) : given;
  const app = readApplication(withNamespace(filled, options.argocdNamespace));
  if (!app.ok) {
    const shape = shapeProblems(filled).map(({ path, message }) =>
      finding('application-shape', 'error', place(path), message),
    );
    const [fallback] = [finding('application-shape', 'error', place(['spec']), app.failure.message)];
    return { ...nothing, findings: [...twice, ...(shape.length === 0 ? [fallback] : shape)] };
  }
  const config = readConfig(app.value, options);
  const asWritten = (annotation: string): string => {
    const value = isRecord(annotations) ? annotations[annotationPrefix + annotation] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const told = new Map<string, FileFinding>();
  const tell = (annotation: string | undefined, severity: Severity, message: string, entry = ''): void => {
    if (annotation !== undefined && isTemplate && isOpen({ annotation, message, entry }, asWritten)) return;
    const rule = ruleFor(annotation, severity);
    const where =
      annotation === undefined
        ? place(['spec'])
        : entry === ''
          ? placeOfAnnotation(annotation)
          : object.placeIn([...root, ...pathOf(annotation)], entry);
    told.set(
      `${rule} ${message}`,
      finding(rule, rule === 'unknown-key' ? 'error' : severity, where, message),
    );
  };
  for (const { image, entry } of config.images) {
    if (image.ok) continue;
    const annotation = annotationOf(image.failure);
    tell(annotation, 'error', image.failure.message, annotation === 'image-list' ? entry : '');
  }
  for (const { message, annotation, isDeprecation } of config.warnings) {
    const entry = config.images.find((each) => message.includes(`"${each.entry}"`))?.entry ?? '';
    const text = annotation === 'image-list' ? entry : '';
    tell(
      keyAsWritten(annotation, app.value, keys),
      isDeprecation === true ? 'note' : 'warning',
      message,
      text,
    );
  }
  for (const { annotation, severity, message } of checkPolicies(config, options.nowMs))
    tell(annotation, severity, message);
  if (config.unsupported !== undefined)
    told.set('', finding('not-processed', 'warning', place(['spec']), config.unsupported));
  else if (!config.writeBack.ok)
    tell(annotationOf(config.writeBack.failure), 'error', config.writeBack.failure.message);
  return { findings: [...twice, ...told.values()], config, placeOfAnnotation };
}

function finding(rule: RuleId, severity: Severity, { line, column }: Place, message: string): FileFinding {
  return { line, column, rule, severity, message };
}

function ruleFor(annotation: string | undefined, severity: Severity): RuleId {
  if (annotation === undefined) return 'application-source';
  return severity === 'note' ? 'deprecated' : ruleOfAnnotation(annotation);
}

function annotationOf(failure: Failure): string | undefined {
  return failure.kind === 'config' ? failure.annotation : undefined;
}

/** A deprecation names the setting of the application; that of an image may be the one that is there. */
function keyAsWritten(
  annotation: string | undefined,
  { annotations }: Application,
  keys: readonly string[],
): string | undefined {
  if (annotation === undefined || Object.hasOwn(annotations, annotationPrefix + annotation))
    return annotation;
  const own = keys.find((key) => key.startsWith(annotationPrefix) && key.endsWith(`.${annotation}`));
  return own === undefined ? annotation : own.slice(annotationPrefix.length);
}

/** True where a placeholder decides about it: in its value, in the entry, or in the list of the aliases. */
function isOpen(
  {
    annotation,
    message,
    entry,
  }: { readonly annotation: string; readonly message: string; readonly entry: string },
  asWritten: (annotation: string) => string,
): boolean {
  const list = asWritten('image-list');
  if (annotation === 'image-list') return hasPlaceholder(list) && (entry === '' || !list.includes(entry));
  if (hasPlaceholder(asWritten(annotation))) return true;
  return hasPlaceholder(list) && message.includes('no image of image-list has the alias');
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((each, step) => (isRecord(each) ? each[step] : undefined), value);
}

/** A manifest may leave the namespace to whoever applies it, and a template its name. */
function withNamespace(object: unknown, namespace: string): unknown {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  if (!isRecord(object) || !isRecord(metadata)) return object;
  const { name = 'generated', namespace: own = namespace } = metadata;
  return { ...object, metadata: { ...metadata, name, namespace: own } };
}
