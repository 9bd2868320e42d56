/** Flags of TLS at the ports of webhooks and metrics; the names are those of argocd-image-updater 1.x. */
import { booleanFlag, type FlagTable, textFlag } from '../flag.ts';

export const tlsFlags = {
  'tls-folder': textFlag({
    fallback: '/app/config/tls',
    help: 'folder of `tls.crt` and `tls.key`: where they are, webhooks and `--metrics-bind-address` speak TLS',
    details: '`tls.crt` holds its chain too; `""`: TLS nowhere',
    placeholder: 'path',
  }),
  'disable-tls': booleanFlag({
    fallback: false,
    help: 'take webhooks without TLS',
    details: ', whatever is in the folder',
    variable: 'DISABLE_TLS',
  }),
  'metrics-secure': booleanFlag({
    fallback: true,
    help: 'TLS at `--metrics-bind-address`; given, it is demanded',
    details: ': the program then does not start without certificate and key',
  }),
  tlsminversion: textFlag({
    fallback: '1.3',
    help: 'lowest TLS version: `1.2`, `1.3`',
    details: '; `1.1` means `1.2`',
    variable: 'TLS_MIN_VERSION',
  }),
  tlsmaxversion: textFlag({
    fallback: '1.3',
    help: 'highest TLS version: `1.2`, `1.3`',
    variable: 'TLS_MAX_VERSION',
  }),
  tlsciphers: textFlag({
    fallback: '',
    help: 'TLS cipher suites, with `:` between',
    details: ', by the names of Go or OpenSSL; those without forward secrecy are refused',
    variable: 'TLS_CIPHERS',
  }),
} satisfies FlagTable;
