/** Values of annotations: which one counts, and failures that name it. */
import {
  type ApplicationKey,
  aliasKey,
  annotationPrefix,
  type ImageOnlyKey,
  type SharedKey,
} from './annotation-keys.ts';
import { configFailure, type Failure, fail, type Outcome } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';

/** Annotations by full key, prefix included. */
export type Annotations = Readonly<Record<string, string>>;

/** A value and the key (after the prefix) that gave it. */
export interface AnnotationValue {
  readonly key: string;
  readonly value: string;
}

export function applicationValue(annotations: Annotations, key: ApplicationKey): string | undefined {
  return annotations[annotationPrefix + key];
}

/** Trimmed. An image without alias has no keys of its own. */
export function imageValue(
  annotations: Annotations,
  alias: string,
  key: SharedKey | ImageOnlyKey,
): AnnotationValue | undefined {
  return alias === '' ? undefined : valueOf(annotations, `${aliasKey(alias)}.${key}`);
}

/** The image's own value, else the application's: by presence, so an empty own value hides the other. */
export function sharedValue(
  annotations: Annotations,
  alias: string,
  key: SharedKey,
): AnnotationValue | undefined {
  return imageValue(annotations, alias, key) ?? valueOf(annotations, key);
}

function valueOf(annotations: Annotations, key: string): AnnotationValue | undefined {
  const value = annotations[annotationPrefix + key];
  return value === undefined ? undefined : { key, value: value.trim() };
}

/** Absent where the value is empty. */
export function nonEmpty(given: AnnotationValue | undefined): AnnotationValue | undefined {
  return given === undefined || given.value === '' ? undefined : given;
}

/** Items of a comma list, trimmed, without empty ones. */
export function listItems(value: string): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export function refuseValue({ key, value }: AnnotationValue, why: string): Outcome<never> {
  return fail(configFailure(`${key} ${quoted(value)}: ${why}`, key));
}

/** The failure of a parser that knows no annotations, with the annotation it is about. */
export function inAnnotation({ message }: Failure, key: string): Failure {
  return configFailure(message.startsWith(key) ? message : `${key}: ${message}`, key);
}
