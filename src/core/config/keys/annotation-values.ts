/** Settings and where they come from: annotations here, which one counts, and failures that name it. */
import {
  type ApplicationKey,
  aliasKey,
  annotationPrefix,
  type ImageOnlyKey,
  type SharedKey,
  sharedKeys,
} from './annotation-keys.ts';
import { configFailure, type Failure, fail, type Outcome } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';

/** Annotations by full key, prefix included. */
export type Annotations = Readonly<Record<string, string>>;

/** A value, and its name as its source spells it: an annotation's key after the prefix, or a flag. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** What is set for one image, whoever says it. */
export interface ImageSettings {
  /** Values are trimmed. */
  readonly get: (key: SharedKey | ImageOnlyKey) => Setting | undefined;
  /** What would set it, whether it is set or not. */
  readonly nameOf: (key: SharedKey | ImageOnlyKey) => string;
  /** What messages call the text that names the image. */
  readonly entryName: string;
  /** What messages call the setting that holds the constraint. */
  readonly constraintName: string;
}

export function applicationValue(annotations: Annotations, key: ApplicationKey): string | undefined {
  return annotations[annotationPrefix + key];
}

/**
 * Those of the image win over those of the application: by presence, so an empty own value hides the other.
 * An image without alias has no keys of its own.
 */
export function annotationSettings(annotations: Annotations, alias: string): ImageSettings {
  const ownName = (key: string) => `${aliasKey(alias)}.${key}`;
  const isShared = (key: string) => sharedKeys.some((shared) => shared === key);
  return {
    get: (key) => {
      const own = alias === '' ? undefined : valueOf(annotations, ownName(key));
      return own ?? (isShared(key) ? valueOf(annotations, key) : undefined);
    },
    nameOf: (key) => (isShared(key) ? key : ownName(key)),
    entryName: 'image-list entry',
    constraintName: 'image-list',
  };
}

function valueOf(annotations: Annotations, name: string): Setting | undefined {
  const value = annotations[annotationPrefix + name];
  return value === undefined ? undefined : { name, value: value.trim() };
}

/** Absent where the value is empty. */
export function nonEmpty(given: Setting | undefined): Setting | undefined {
  return given === undefined || given.value === '' ? undefined : given;
}

/** Items of a comma list, trimmed, without empty ones. */
export function listItems(value: string): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export function refuseValue({ name, value }: Setting, why: string): Outcome<never> {
  return fail(configFailure(`${name} ${quoted(value)}: ${why}`, name));
}

/** The same for an annotation of the whole Application. */
export function refuseAnnotation(name: ApplicationKey, value: string, why: string): Outcome<never> {
  return refuseValue({ name, value }, why);
}

/** The failure of a parser that knows no settings, with the name of the one it is about. */
export function inSetting({ message }: Failure, name: string): Failure {
  return configFailure(message.startsWith(name) ? message : `${name}: ${message}`, name);
}
