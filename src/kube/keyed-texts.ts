/** Secret and ConfigMap objects -> their values as texts. */
import * as z from 'zod';
import type { KeyedTexts } from '../ports/cluster.ts';
import { isRecord } from '../core/base/json.ts';
import { configFailure, fail, type Outcome, succeed } from '../core/base/outcome.ts';

export type KeyedKind = 'Secret' | 'ConfigMap';

/** Own: `z.record` leaves out the key `__proto__`, which Kubernetes allows. */
const textMap = z.unknown().transform((value, context): Readonly<Record<string, string>> => {
  if (!isRecord(value)) return refuse(context, value, []);
  const entries = Object.entries(value);
  const bad = entries.find(([, text]) => typeof text !== 'string');
  if (bad !== undefined) return refuse(context, bad[1], [bad[0]]);
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
});

function refuse(context: z.RefinementCtx, input: unknown, path: string[]): never {
  context.issues.push({ code: 'invalid_type', expected: 'string', input, path });
  return z.NEVER;
}

// the API server leaves empty fields out, hand-written manifests have null there
const texts = textMap.nullish();

const keyedObject = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string(), labels: texts }),
  type: z.string().nullish(),
  data: texts,
  stringData: texts,
});

/**
 * Values of a Secret come decoded (bytes that are no UTF-8 are replaced), `stringData` of a manifest wins over
 * `data`. Fails (config) on another shape and on text that is not base64; the message tells keys, never values.
 */
export function readKeyedTexts(kind: KeyedKind, object: unknown): Outcome<KeyedTexts> {
  const read = keyedObject.safeParse(object);
  if (!read.success) {
    const where = read.error.issues[0]?.path.join('.') ?? '';
    return fail(
      configFailure(`${kind}: ${where === '' ? 'not an object' : `${where} is not as it should be`}`),
    );
  }
  const { metadata, type, data, stringData } = read.data;
  const values: Record<string, string> = {};
  for (const [key, written] of Object.entries(data ?? {})) {
    const value = kind === 'Secret' ? decodeBase64(written) : written;
    if (value === null) {
      return fail(configFailure(`Secret ${metadata.namespace}/${metadata.name}: data.${key} is not base64`));
    }
    setOwn(values, key, value);
  }
  for (const [key, value] of Object.entries(kind === 'Secret' ? (stringData ?? {}) : {})) {
    setOwn(values, key, value);
  }
  const { namespace, name } = metadata;
  return succeed({ namespace, name, labels: metadata.labels ?? {}, type: type ?? '', values });
}

/** Line breaks are allowed, as in hand-written manifests. */
function decodeBase64(written: string): string | null {
  const packed = written.replace(/[\r\n]/g, '');
  const wellFormed = packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
  return wellFormed ? Buffer.from(packed, 'base64').toString('utf8') : null;
}

/** A key may be spelled `__proto__`. */
function setOwn(values: Record<string, string>, key: string, value: string): void {
  Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true });
}
