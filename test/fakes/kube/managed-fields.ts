/** `metadata.managedFields` as the real server keeps them: who wrote which field last. */
import { equalJson, isObject, type Json, type JsonObject, textOf } from './json.ts';

/** Entries after `manager` has made `after` of `before`; fields that are gone have no owner. */
export function managedFieldsAfter(
  before: JsonObject | undefined,
  after: JsonObject,
  manager: string,
  time: string,
): Json[] {
  const old = before ?? {};
  const entries = Array.isArray(metadataOf(old)['managedFields']) ? metadataOf(old)['managedFields'] : [];
  const changed = changedFields(fieldsOf(old), fieldsOf(after));
  const others = (entries as JsonObject[]).flatMap((entry): JsonObject[] => {
    const isOwn = textOf(entry['manager']) === manager;
    const left = kept(entry['fieldsV1'] as JsonObject, isOwn ? {} : changed, fieldsOf(after));
    return Object.keys(left).length === 0 ? [] : [{ ...entry, fieldsV1: left }];
  });
  if (Object.keys(changed).length === 0) return others;
  const own = others.find((entry) => entry['manager'] === manager);
  const fieldsV1 = own === undefined ? changed : joined(own['fieldsV1'] as JsonObject, changed);
  const entry = {
    manager,
    operation: 'Update',
    apiVersion: textOf(after['apiVersion']),
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
  };
  return [...others.filter((one) => one !== own), entry];
}

function metadataOf(object: JsonObject): JsonObject {
  return isObject(object['metadata']) ? object['metadata'] : {};
}

function fieldsOf(object: JsonObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = object;
  return rest;
}

/** Lists are owned as a whole. */
function changedFields(before: Json | undefined, after: JsonObject): JsonObject {
  const fields: JsonObject = {};
  for (const [key, value] of Object.entries(after)) {
    const old = isObject(before) ? before[key] : undefined;
    if (equalJson(old, value)) continue;
    const inner = isObject(value) ? changedFields(old, value) : {};
    const isNew = isObject(value) && old === undefined;
    fields[`f:${key}`] = isNew ? { '.': {}, ...inner } : inner;
  }
  return fields;
}

function kept(fields: JsonObject, taken: JsonObject, object: Json | undefined): JsonObject {
  const left: JsonObject = {};
  for (const [field, inner] of Object.entries(fields)) {
    if (field === '.') {
      left[field] = inner;
      continue;
    }
    const value = isObject(object) ? object[field.slice(2)] : undefined;
    const isLeaf = !isObject(inner) || Object.keys(inner).length === 0;
    if (value === undefined) continue;
    const takenInner = taken[field];
    if (isLeaf) {
      if (takenInner === undefined) left[field] = inner;
      continue;
    }
    const rest = kept(inner, isObject(takenInner) ? takenInner : {}, value);
    if (Object.keys(rest).length > 0) left[field] = rest;
  }
  return left;
}

function joined(a: JsonObject, b: JsonObject): JsonObject {
  const all: JsonObject = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const own = all[key];
    all[key] = isObject(own) && isObject(value) ? joined(own, value) : value;
  }
  return all;
}
