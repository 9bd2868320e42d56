/** One ConfigMap that is written only as long as nobody else has written it since it was read. */
import { isRecord } from '../../core/base/json.ts';
import type { Failed } from '../../core/base/outcome.ts';
import { type ApiCall, apiFailure, parsedObject } from '../api/error.ts';
import { type Exchange, successBody } from '../api/exchange.ts';
import { fieldManager } from '../api/managed-fields.ts';

/** As it was read or written last. */
export interface KnownMap {
  readonly data: Readonly<Record<string, string>>;
  /** Without what the server keeps of its writers; the version in its metadata makes it refuse a write over another one. */
  readonly object: Readonly<Record<string, unknown>>;
}

const maxAnswerBytes = 4 << 20; // an object in etcd has at most 1.5 MiB

export class ConfigMap {
  readonly name: string;
  readonly #exchange: Exchange;
  readonly #namespace: string;
  readonly #collection: string;

  constructor(exchange: Exchange, namespace: string, name: string) {
    this.name = name;
    this.#exchange = exchange;
    this.#namespace = namespace;
    this.#collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
  }

  /** null: there is none. Throws `Failed`. */
  async read(signal: AbortSignal): Promise<KnownMap | null> {
    const call = this.#call('read');
    const path = `${this.#collection}/${this.name}`;
    const answer = await this.#exchange(call, { method: 'GET', path, maxBodyBytes: maxAnswerBytes }, signal);
    return answer.status === 404 ? null : knownMap(call, successBody(call, answer));
  }

  /** `changes`: by key; null takes one away. null: it is not as it was known any more. Throws `Failed`. */
  async write(
    known: KnownMap | null,
    changes: Readonly<Record<string, string | null>>,
    signal: AbortSignal,
  ): Promise<KnownMap | null> {
    const call = this.#call(known === null ? 'create' : 'update');
    const data = Object.entries({ ...known?.data, ...changes }).filter(([, text]) => text !== null);
    const request = {
      method: known === null ? 'POST' : 'PUT',
      path: `${this.#collection}${known === null ? '' : `/${this.name}`}?fieldManager=${fieldManager}`,
      contentType: 'application/json',
      body: JSON.stringify({ ...(known?.object ?? this.#newObject()), data: Object.fromEntries(data) }),
      maxBodyBytes: maxAnswerBytes,
    } as const;
    const answer = await this.#exchange(call, request, signal);
    const isChanged = answer.status === 409 || (answer.status === 404 && known !== null);
    return isChanged ? null : knownMap(call, successBody(call, answer));
  }

  /** For whoever gives up. */
  contended(): Failed {
    return apiFailure(this.#call('update'), 'conflict', 'somebody else writes to it all the time');
  }

  #call(doing: string): ApiCall {
    const place = `${this.#namespace}/${this.name}`;
    const rule = `allow verbs "get", "create" and "update" on "configmaps" in namespace "${this.#namespace}" by a Role`;
    return {
      doing: `${doing} ConfigMap ${place}`,
      resource: `configmaps ${place}`,
      advice: { forbidden: rule },
    };
  }

  #newObject(): Readonly<Record<string, unknown>> {
    const labels = { 'app.kubernetes.io/part-of': 'argocd-image-updater' };
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: this.name, namespace: this.#namespace, labels },
    };
  }
}

function knownMap(call: ApiCall, body: string): KnownMap {
  const object = parsedObject(body);
  const { metadata, data } = object;
  if (!isRecord(metadata) || typeof metadata['resourceVersion'] !== 'string')
    throw apiFailure(call, 'malformed', 'the answer is no ConfigMap');
  const texts = Object.entries(isRecord(data) ? data : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const { managedFields: _, ...kept } = metadata;
  return { data: Object.fromEntries(texts), object: { ...object, metadata: kept } };
}
