/** One ConfigMap with memory of policies under the key `memory`; whatever else is in it stays. */
import { isRecord } from '../../core/base/json.ts';
import type { Failed } from '../../core/base/outcome.ts';
import { type ApiCall, apiFailure, parsedObject } from '../api/error.ts';
import { type Exchange, successBody } from '../api/exchange.ts';
import { fieldManager } from '../api/managed-fields.ts';

export interface MemoryMap {
  readonly text: string;
  /** The object without that text and without what the server keeps of its writers. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface MemoryMaps {
  nameOf(shard: number): string;
  /** null: there is none. Throws `Failed`. */
  read(shard: number, signal: AbortSignal): Promise<MemoryMap | null>;
  /** null: it is not as it was known any more. Throws `Failed`. */
  write(shard: number, known: MemoryMap | null, text: string, signal: AbortSignal): Promise<MemoryMap | null>;
  /** For whoever gives up. */
  contended(shard: number): Failed;
}

const key = 'memory';
const maxAnswerBytes = 4 << 20; // an object in etcd has at most 1.5 MiB

export function makeMemoryMaps(exchange: Exchange, namespace: string): MemoryMaps {
  const nameOf = (shard: number): string => `argocd-image-updater-memory-${shard}`;
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
  const callOf = (doing: string, shard: number): ApiCall => ({
    doing: `${doing} ConfigMap ${namespace}/${nameOf(shard)}`,
    resource: `configmaps ${namespace}/${nameOf(shard)}`,
    advice: {
      forbidden: `allow verbs "get", "create" and "update" on "configmaps" in namespace "${namespace}" by a Role`,
    },
  });
  return {
    nameOf,
    async read(shard, signal) {
      const call = callOf('read', shard);
      const path = `${collection}/${nameOf(shard)}`;
      const answer = await exchange(call, { method: 'GET', path, maxBodyBytes: maxAnswerBytes }, signal);
      return answer.status === 404 ? null : memoryMap(call, successBody(call, answer));
    },
    async write(shard, known, text, signal) {
      const call = callOf(known === null ? 'create' : 'update', shard);
      const object = known?.rest ?? newObject(namespace, nameOf(shard));
      const { data } = object;
      const request = {
        method: known === null ? 'POST' : 'PUT',
        path: `${collection}${known === null ? '' : `/${nameOf(shard)}`}?fieldManager=${fieldManager}`,
        contentType: 'application/json',
        body: JSON.stringify({ ...object, data: { ...(isRecord(data) ? data : {}), [key]: text } }),
        maxBodyBytes: maxAnswerBytes,
      } as const;
      const answer = await exchange(call, request, signal);
      const isChanged = answer.status === 409 || (answer.status === 404 && known !== null);
      return isChanged ? null : memoryMap(call, successBody(call, answer));
    },
    contended: (shard) =>
      apiFailure(callOf('update', shard), 'conflict', 'somebody else writes to it all the time'),
  };
}

function newObject(namespace: string, name: string): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'argocd-image-updater' } },
  };
}

/** The version in its metadata makes the server refuse a write over somebody else's. */
function memoryMap(call: ApiCall, body: string): MemoryMap {
  const object = parsedObject(body);
  const { metadata, data } = object;
  if (!isRecord(metadata) || typeof metadata['resourceVersion'] !== 'string')
    throw apiFailure(call, 'malformed', 'the answer is no ConfigMap');
  const { [key]: text, ...otherData } = isRecord(data) ? data : {};
  const { managedFields: _, ...kept } = metadata;
  return { text: typeof text === 'string' ? text : '', rest: { ...object, metadata: kept, data: otherData } };
}
