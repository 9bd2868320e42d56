/** Go templates in the values of an ApplicationSet: what is filled in is not known yet. */
import { isRecord } from '../../core/base/json.ts';

/** `{{name}}`, `{{ .path.basename }}`, `{{- … -}}`; with the text around it taken for part of a word. */
const placeholder = /\{\{[^{}]*\}\}/g;

/** Fits wherever a name, a tag, a path or a version may stand. */
const standIn = '1';

export const hasPlaceholder = (text: string): boolean => text.includes('{{');

/** The object with something in each place, so that what is not a template can be read. */
export function filledIn(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(placeholder, standIn);
  if (Array.isArray(value)) return value.map(filledIn);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.replaceAll(placeholder, standIn), filledIn(each)]),
  );
}
