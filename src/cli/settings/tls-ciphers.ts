/** Names of cipher suites: those of IANA, as Go and 1.x have them -> those of OpenSSL. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';

/** Of TLS 1.3: both write them alike. */
const newest = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

const signatures = ['ECDSA', 'RSA'] as const;

/** Of TLS 1.2, with forward secrecy alone. */
const known: ReadonlyMap<string, string> = new Map([
  ...newest.map((name) => [name, name] as const),
  ...signatures.flatMap((by) => [
    [`TLS_ECDHE_${by}_WITH_AES_128_GCM_SHA256`, `ECDHE-${by}-AES128-GCM-SHA256`] as const,
    [`TLS_ECDHE_${by}_WITH_AES_256_GCM_SHA384`, `ECDHE-${by}-AES256-GCM-SHA384`] as const,
    [`TLS_ECDHE_${by}_WITH_CHACHA20_POLY1305_SHA256`, `ECDHE-${by}-CHACHA20-POLY1305`] as const,
    [`TLS_ECDHE_${by}_WITH_CHACHA20_POLY1305`, `ECDHE-${by}-CHACHA20-POLY1305`] as const,
  ]),
]);

/** "" for "". As in Go, the suites of TLS 1.3 are spoken whatever is named, unless some of them are named. */
export function readCiphers(text: string): Outcome<string> {
  const names = text
    .split(':')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => nameOf(name) === undefined);
  if (unknown !== undefined) {
    const allowed = [...known.keys()].join(', ');
    return fail(
      configFailure(
        `--tlsciphers "${unknown}": unknown or without forward secrecy; expected, with : between, any of ${allowed}`,
      ),
    );
  }
  const chosen = names.flatMap((name) => nameOf(name) ?? []);
  const isNewestNamed = chosen.some((name) => newest.includes(name));
  return succeed(chosen.length === 0 ? '' : [...(isNewestNamed ? [] : newest), ...chosen].join(':'));
}

/** OpenSSL's own names are good too. */
function nameOf(name: string): string | undefined {
  return known.get(name) ?? [...known.values()].find((each) => each === name);
}
