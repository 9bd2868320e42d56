/** Flags of the ports of pages: health, metrics, status, refresh. */
import { booleanFlag, type FlagTable, integerFlag, textFlag } from '../flag.ts';

const maxPort = 65_535;

export const serverFlags = {
  'health-port': integerFlag({
    fallback: 8080,
    min: 0,
    max: maxPort,
    help: 'port of `/healthz` and `/readyz`; `0` is off',
  }),
  'health-probe-bind-address': textFlag({
    placeholder: 'address',
    fallback: '0',
    help: 'second address of `/healthz` and `/readyz`, such as `:8081`; `0` is off',
  }),
  'metrics-port': integerFlag({
    fallback: 8081,
    min: 0,
    max: maxPort,
    help: 'port of [`/metrics`](metrics.md), [`/status`](status.md), `/healthz` and `/readyz`; `0` is off',
    details: 'If nobody names it and it is taken, a warning says so and the start goes on',
  }),
  'metrics-bind-address': textFlag({
    placeholder: 'address',
    fallback: '0',
    help: 'second address of `/metrics`, such as `:8443`; `0` is off',
  }),
  'status-token-file': textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'file with the token that [`/status` and `/status.json` ask for](status.md#who-may-look)',
    otherwise: 'nobody is asked',
  }),
  'refresh-token-file': textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'file with the token of [`POST /refresh`](configuration.md#asking-for-a-cycle), on the port of `/metrics`',
    otherwise: '`/refresh` is off',
  }),
  'enable-http2': booleanFlag({ fallback: false, help: 'HTTP/2 for metrics and webhooks', inert: true }),
} satisfies FlagTable;
