/** Flags of TLS at the ports of webhooks and metrics; the names are those of argocd-image-updater 1.x. */
import { booleanFlag, type FlagTable, textFlag } from '../flag.ts';

export const tlsFlags = {
  'tls-folder': textFlag({
    fallback: '/app/config/tls',
    help: 'folder of tls.crt and tls.key: where they are, webhooks and --metrics-bind-address speak TLS',
    placeholder: 'path',
  }),
  'disable-tls': booleanFlag({
    fallback: false,
    help: 'take webhooks without TLS',
    variable: 'DISABLE_TLS',
  }),
  'metrics-secure': booleanFlag({
    fallback: true,
    help: 'TLS at --metrics-bind-address; given, it is demanded',
  }),
  tlsminversion: textFlag({
    fallback: '1.3',
    help: 'lowest TLS version: 1.2, 1.3',
    variable: 'TLS_MIN_VERSION',
  }),
  tlsmaxversion: textFlag({
    fallback: '1.3',
    help: 'highest TLS version: 1.2, 1.3',
    variable: 'TLS_MAX_VERSION',
  }),
  tlsciphers: textFlag({ fallback: '', help: 'TLS ciphers, with : between', variable: 'TLS_CIPHERS' }),
} satisfies FlagTable;
