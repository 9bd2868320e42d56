/** Go's text/template: parse once, execute over values that print and compare as Go's do. */
import type { Outcome } from '../base/outcome.ts';
import { catchTemplateError } from './error.ts';
import { execute } from './evaluator.ts';
import type { Template } from './nodes.ts';
import { parse } from './parser.ts';
import type { GoValue } from './values.ts';

export type { Template } from './nodes.ts';
export { type GoStruct, type GoValue, mapValue, sliceValue, structValue, textValue } from './values.ts';

/**
 * All syntax and built-in functions of Go 1.24's text/template; no methods, since the data has none.
 * Fails (kind "config", with the line) where Go's Parse fails, and on nesting deeper than 200 levels.
 */
export function parseTemplate(text: string): Outcome<Template> {
  return catchTemplateError('template', () => parse(text));
}

/**
 * Fails where Go's Execute gives an error (a field that a struct lacks, types that cannot be compared, …), and where
 * the template takes more than 4 000 000 steps, 400 levels or 1 MiB of output.
 */
export function executeTemplate(template: Template, data: GoValue): Outcome<string> {
  return catchTemplateError('template', () => execute(template, data));
}

/** Whether a field of that name (`Labels`) stands anywhere in the template, used or not. */
export function templateUses(template: Template, field: string): boolean {
  return template.fields.has(field);
}
