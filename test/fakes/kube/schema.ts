/** What a structural schema does to an object: what it does not know is dropped, what it knows is checked. */
import type { Schema } from './application-crd.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

/** A copy without fields that the schema does not know. */
export function pruned(schema: Schema, value: Json): Json {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item) => pruned(items, item));
  }
  if (!isObject(value) || schema['x-kubernetes-preserve-unknown-fields'] === true) return value;
  const kept: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const known = schema.properties?.[key] ?? schema.additionalProperties;
    if (known !== undefined)
      kept[key] =
        known.properties === undefined && known.type === 'object' && known.additionalProperties === undefined
          ? member
          : pruned(known, member);
  }
  return kept;
}

export interface SchemaFault {
  readonly field: string;
  readonly reason: 'FieldValueRequired' | 'FieldValueTypeInvalid';
  readonly message: string;
}

/** In the words of the real server. */
export function schemaFaults(schema: Schema, value: Json, field = ''): readonly SchemaFault[] {
  const found = typeOf(value);
  if (found !== schema.type) {
    const message = `Invalid value: "${found}": ${field} in body must be of type ${schema.type}: "${found}"`;
    return [{ field, reason: 'FieldValueTypeInvalid', message }];
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined
      ? []
      : value.flatMap((item, index) => schemaFaults(items, item, `${field}[${index}]`));
  }
  return isObject(value) ? memberFaults(schema, value, field) : [];
}

function memberFaults(schema: Schema, value: JsonObject, field: string): readonly SchemaFault[] {
  const place = (key: string): string => (field === '' ? key : `${field}.${key}`);
  const missing = (schema.required ?? []).filter((key) => !(key in value));
  const required = missing.map((key): SchemaFault => {
    return { field: place(key), reason: 'FieldValueRequired', message: 'Required value' };
  });
  const wrong = Object.entries(value).flatMap(([key, member]) => {
    const known = schema.properties?.[key] ?? schema.additionalProperties;
    return known === undefined ? [] : schemaFaults(known, member, place(key));
  });
  return [...required, ...wrong];
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint') return 'integer';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}
