/** How ports speak TLS: flags -> settings. The names are those of argocd-image-updater 1.x. */
import type { SecureVersion } from 'node:tls';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { readCiphers } from './tls-ciphers.ts';

export interface TlsSettings {
  /** Of `tls.crt` and `tls.key`; "": TLS is spoken nowhere. */
  readonly folder: string;
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  /** As OpenSSL names them; absent: those of Node. */
  readonly ciphers?: string;
  /** `demanded`: without certificate and key the program does not start. */
  readonly webhooks: 'possible' | 'off';
  readonly metrics: 'possible' | 'off' | 'demanded';
}

interface TlsValues {
  readonly 'tls-folder': string;
  readonly 'disable-tls': boolean;
  readonly 'metrics-secure': boolean;
  readonly tlsminversion: string;
  readonly tlsmaxversion: string;
  readonly tlsciphers: string;
}

export interface ReadTls {
  readonly tls: TlsSettings;
  readonly warnings: readonly string[];
}

/** `isMetricsGiven`: `--metrics-secure` is somebody's wish. */
export function readTls(values: TlsValues, isMetricsGiven: boolean): Outcome<ReadTls> {
  const [min, max] = [versionOf(values, 'tlsminversion'), versionOf(values, 'tlsmaxversion')];
  if (!min.ok) return min;
  if (!max.ok) return max;
  if (max.value === '1.1')
    return refuse('--tlsmaxversion 1.1: TLS 1.1 is not spoken any more (RFC 8996): expected 1.2 or 1.3');
  if (min.value > max.value)
    return refuse(`--tlsminversion ${min.value} is above --tlsmaxversion ${max.value}`);
  const ciphers = readCiphers(values.tlsciphers);
  if (!ciphers.ok) return ciphers;
  if (max.value === '1.2' && ciphers.value !== '' && !ciphers.value.includes('ECDHE'))
    return refuse('--tlsciphers names none of TLS 1.2, and --tlsmaxversion 1.2 allows no other');
  return succeed({
    tls: {
      folder: values['tls-folder'],
      minVersion: min.value === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
      maxVersion: max.value === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
      ...(ciphers.value === '' ? {} : { ciphers: ciphers.value }),
      webhooks: values['disable-tls'] ? 'off' : 'possible',
      metrics: !values['metrics-secure'] ? 'off' : isMetricsGiven ? 'demanded' : 'possible',
    },
    warnings:
      min.value === '1.1' ? ['--tlsminversion 1.1: TLS 1.1 is not spoken any more, 1.2 is the lowest'] : [],
  });
}

const versions = ['1.1', '1.2', '1.3'] as const;

function versionOf(
  values: TlsValues,
  flag: 'tlsminversion' | 'tlsmaxversion',
): Outcome<(typeof versions)[number]> {
  const text = values[flag];
  const version = versions.find((known) => known === text);
  return version === undefined ? refuse(`--${flag} "${text}": expected 1.2 or 1.3`) : succeed(version);
}

function refuse<T>(message: string): Outcome<T> {
  return fail(configFailure(message));
}
