/** Flags that several commands have, and those of logs. */
import { booleanFlag, choiceFlag, type FlagTable, textFlag } from '../flag.ts';

/** The words of --loglevel; the commands that log share them. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** Flags that several commands have, with the defaults of `run`. */
export const sharedFlags = {
  loglevel: choiceFlag({
    words: logLevels,
    fallback: 'info',
    help: 'lowest level that is logged',
    variable: 'IMAGE_UPDATER_LOGLEVEL',
  }),
  kubeconfig: textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'kubeconfig file',
    otherwise: '`KUBECONFIG`, `~/.kube/config`, then the service account',
  }),
  'disable-kubernetes': booleanFlag({
    fallback: false,
    help: 'do without a Kubernetes client',
    details:
      'That needs `--applications-api argocd`, or `--applications`; credentials then come from `env:` and `ext:` only',
  }),
} satisfies FlagTable;

/** Flags of what `run` logs. */
export const logFlags = {
  logformat: choiceFlag({
    words: ['text', 'json', 'pretty', 'auto'],
    fallback: 'auto',
    help: 'format of the log; `auto` is `pretty` on a terminal, `text` elsewhere',
    details: '`pretty` is [for people](troubleshooting.md#on-a-terminal)',
    variable: 'IMAGE_UPDATER_LOGFORMAT',
  }),
  'log-lines': choiceFlag({
    words: ['own', '0.18'],
    fallback: 'own',
    help: '`0.18`: the lines of argocd-image-updater 0.18 at level info too, with its fields',
    details: '[For those who count them](migration.md#log-lines)',
    variable: 'IMAGE_UPDATER_LOG_LINES',
  }),
} satisfies FlagTable;
