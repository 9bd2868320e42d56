/** What the fake API server demands of objects that are written through it. */
import type { Schema } from './application-crd.ts';
import { isObject, type JsonObject, textOf } from './json.ts';
import { pruned, schemaFaults } from './schema.ts';
import { invalid, StatusError, badRequest } from './status.ts';
import type { KubeObject, Resource } from './store.ts';

/** Fields of the typed kinds; others are dropped, as the real server does. Custom resources keep all. */
const knownFields: Readonly<Record<string, readonly string[]>> = {
  Secret: ['data', 'stringData', 'type', 'immutable'],
  ConfigMap: ['data', 'binaryData', 'immutable'],
  Lease: ['spec'],
  Event: [
    'involvedObject',
    'reason',
    'message',
    'source',
    'firstTimestamp',
    'lastTimestamp',
    'count',
    'type',
    'eventTime',
    'series',
    'action',
    'related',
    'reportingComponent',
    'reportingInstance',
  ],
};

/** `schema`: of Applications. */
export function admitted(resource: Resource, object: KubeObject, schema: Schema): KubeObject {
  checkMetadata(resource, object);
  if (resource.kind === 'Event') checkEvent(resource, object);
  if (resource.kind === 'Lease') checkLease(resource, object);
  if (resource.kind === 'Application') return checkedApplication(resource, object, schema);
  const known = prune(resource, object);
  return resource.kind === 'Secret' ? withStringData(resource, known) : known;
}

function checkedApplication(resource: Resource, object: KubeObject, schema: Schema): KubeObject {
  const kept = pruned(schema, object) as KubeObject;
  const [fault] = schemaFaults(schema, kept);
  if (fault !== undefined) throw invalid(resource, object.metadata.name, fault.field, fault.message);
  return kept;
}

function checkMetadata(resource: Resource, object: KubeObject): void {
  const { name } = object.metadata;
  const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
  if (typeof name !== 'string' || name === '') {
    throw invalid(resource, '', 'metadata.name', 'Required value: name or generateName is required');
  }
  if (name.length > 253 || !subdomain.test(name)) {
    throw invalid(
      resource,
      name,
      'metadata.name',
      `Invalid value: "${name}": a lowercase RFC 1123 subdomain`,
    );
  }
  const annotations = object.metadata['annotations'] ?? {};
  if (!isObject(annotations)) throw badRequest('metadata.annotations is no map');
  for (const [key, value] of Object.entries(annotations)) {
    const qualifiedName = /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
    if (!qualifiedName.test(key))
      throw invalid(resource, name, 'metadata.annotations', `Invalid value: "${key}"`);
    if (typeof value !== 'string')
      throw badRequest(`cannot unmarshal the value of annotation ${key} into a string`);
  }
}

function checkEvent(resource: Resource, event: KubeObject): void {
  const involved = event['involvedObject'];
  const { name, namespace } = event.metadata;
  if (!isObject(involved)) throw invalid(resource, name, 'involvedObject', 'Required value');
  if ((involved['namespace'] ?? 'default') !== namespace) {
    throw invalid(
      resource,
      name,
      'involvedObject.namespace',
      'Invalid value: does not match event.namespace',
    );
  }
  for (const field of ['firstTimestamp', 'lastTimestamp']) {
    const time = event[field] ?? null;
    if (time !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(textOf(time))) {
      throw badRequest(`parsing time ${JSON.stringify(time)} as "2006-01-02T15:04:05Z07:00"`);
    }
  }
}

function checkLease(resource: Resource, { metadata, spec }: KubeObject): void {
  const fields = isObject(spec) ? spec : {};
  const duration = fields['leaseDurationSeconds'] ?? null;
  if (duration !== null && !(typeof duration === 'number' && duration > 0))
    throw invalid(
      resource,
      metadata.name,
      'spec.leaseDurationSeconds',
      'Invalid value: must be greater than 0',
    );
  const transitions = fields['leaseTransitions'] ?? null;
  if (transitions !== null && !(typeof transitions === 'number' && transitions >= 0))
    throw invalid(
      resource,
      metadata.name,
      'spec.leaseTransitions',
      'Invalid value: must be greater than or equal to 0',
    );
  const holder = fields['holderIdentity'] ?? null;
  if (holder !== null && (typeof holder !== 'string' || holder === ''))
    throw invalid(resource, metadata.name, 'spec.holderIdentity', 'Invalid value: must not be empty');
  for (const field of ['acquireTime', 'renewTime']) {
    const time = fields[field] ?? null;
    if (time !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(textOf(time)))
      throw badRequest(`parsing time ${JSON.stringify(time)} as "2006-01-02T15:04:05.000000Z07:00"`);
  }
}

function prune(resource: Resource, object: KubeObject): KubeObject {
  const known = knownFields[resource.kind];
  if (known === undefined) return object;
  const { apiVersion, kind, metadata } = object;
  const kept = Object.entries(object).filter(([key]) => known.includes(key));
  return { apiVersion, kind, metadata, ...Object.fromEntries(kept) };
}

function withStringData(resource: Resource, secret: KubeObject): KubeObject {
  const { stringData, ...kept } = secret;
  const data: JsonObject = isObject(kept['data']) ? { ...kept['data'] } : {};
  for (const value of Object.values(data)) {
    if (
      typeof value !== 'string' ||
      !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)
    ) {
      throw new StatusError(
        400,
        'BadRequest',
        `${resource.kind} in version "v1" cannot be handled: illegal base64 data`,
      );
    }
  }
  for (const [key, value] of Object.entries(isObject(stringData) ? stringData : {})) {
    data[key] = Buffer.from(textOf(value)).toString('base64');
  }
  return { ...kept, data, type: kept['type'] ?? 'Opaque' };
}
