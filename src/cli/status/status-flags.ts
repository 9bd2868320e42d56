/** The flags of `status`. */
import { booleanFlag, describedBy, type FlagTable, textFlag } from '../flags/flag.ts';
import { runFlags } from '../flags/commands/run-flags.ts';

const { kubeconfig, 'argocd-namespace': argocdNamespace, 'metrics-port': metricsPort } = runFlags;

/** Where a daemon is asked; kubeconfig and namespace are other commands' too. */
export const daemonFlags = {
  address: textFlag({
    placeholder: 'url',
    fallback: '',
    help: 'where the daemon answers, such as `http://127.0.0.1:8081`',
    otherwise: 'its pod, through the API server',
  }),
  'token-file': textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'file with the token of `--status-token-file`; needs `--address`',
  }),
  'metrics-port': {
    ...metricsPort,
    ...describedBy({ help: 'port of the pod, where `--address` is not given' }),
  },
} satisfies FlagTable;

export const statusFlags = {
  all: booleanFlag({ fallback: false, help: 'show Applications that are up to date too' }),
  watch: booleanFlag({ fallback: false, help: 'show it again every two seconds until Ctrl-C' }),
  json: booleanFlag({ fallback: false, help: 'print what [`/status.json`](status.md#statusjson) says' }),
  ...daemonFlags,
  kubeconfig,
  'argocd-namespace': argocdNamespace,
} satisfies FlagTable;
