/** Flags of the way to Argo CD's own API. */
import { booleanFlag, type FlagTable, textFlag } from '../flag.ts';

export const argocdFlags = {
  'argocd-server-addr': textFlag({
    placeholder: 'host[:port]',
    fallback: '',
    help: 'Argo CD server for `--applications-api argocd`',
    otherwise: '`argocd-server.<namespace>`',
    variable: 'ARGOCD_SERVER',
  }),
  'argocd-grpc-web': booleanFlag({
    fallback: false,
    help: 'without effect: the REST API is used',
    variable: 'ARGOCD_GRPC_WEB',
  }),
  'argocd-insecure': booleanFlag({
    fallback: false,
    help: "do not verify the Argo CD server's certificate",
    variable: 'ARGOCD_INSECURE',
  }),
  'argocd-plaintext': booleanFlag({
    fallback: false,
    help: 'talk to the Argo CD server without TLS',
    variable: 'ARGOCD_PLAINTEXT',
  }),
  'argocd-auth-token': textFlag({
    placeholder: 'token',
    fallback: '',
    help: 'token for the Argo CD server; prefer the environment variable',
    details: '; of an account that may `get` and `update` applications',
    variable: 'ARGOCD_TOKEN',
  }),
} satisfies FlagTable;
