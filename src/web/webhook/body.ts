/** Bodies of deliveries: JSON, or a form that holds it, read by a schema that names only what is used. */
import type * as z from 'zod';
import { parseJson } from '../../core/base/json.ts';
import { type Delivery, malformed, type Reading } from './delivery.ts';

/** Reads the body and hands it on; what does not fit is `malformed`, with the place that does not. */
export function readBody<T>(delivery: Delivery, schema: z.ZodType<T>, read: (value: T) => Reading): Reading {
  return readValue(parseJson(textOf(delivery)), schema, read);
}

export function readValue<T>(value: unknown, schema: z.ZodType<T>, read: (value: T) => Reading): Reading {
  if (value === undefined) return malformed('the body is no JSON');
  const parsed = schema.safeParse(value);
  if (parsed.success) return read(parsed.data);
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  return malformed(`the body is not of the expected form${place === '' ? '' : `: ${place}`}`);
}

/** GitHub and Gitea send `payload=<json>` where the hook is set to form encoding. */
function textOf({ header, body }: Delivery): string {
  const text = body.toString('utf8');
  const isForm = header('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm ? (new URLSearchParams(text).get('payload') ?? '') : text;
}
