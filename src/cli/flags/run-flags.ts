/** Every flag of `run`: those of the 0.18 reference, those of its 1.x line, and ours. */
import { succeed } from '../../core/base/outcome.ts';
import { parseLabelSelector } from '../../kube/files/label-selector.ts';
import {
  booleanFlag,
  choiceFlag,
  durationFlag,
  type FlagTable,
  integerFlag,
  listFlag,
  parsedFlag,
  sizeFlag,
  textFlag,
} from './flag.ts';
import { tenantFlags } from './tenant-flags.ts';
import { webhookFlags } from './webhook-flags.ts';

const second = 1000;
const minute = 60 * second;
const maxPort = 65_535;

/** Log level and format; the commands that log share them. */
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
    help: 'kubeconfig file (default: the usual places, then the service account)',
  }),
  'disable-kubernetes': booleanFlag({ fallback: false, help: 'do without a Kubernetes client' }),
} satisfies FlagTable;

const cycleFlags = {
  'dry-run': booleanFlag({ fallback: false, help: 'say what would be written, write nothing' }),
  once: booleanFlag({ fallback: false, help: 'run one cycle, then exit (same as --interval 0)' }),
  'exit-code': booleanFlag({
    fallback: false,
    help: 'with --once: exit with 2 where something failed in the cycle',
  }),
  interval: durationFlag({
    fallback: 2 * minute,
    minMs: 0,
    help: 'pause between the end of a cycle and the next one',
    variable: 'IMAGE_UPDATER_INTERVAL',
  }),
  schedule: textFlag({
    placeholder: 'cron',
    fallback: '',
    help: 'start cycles by a cron expression instead of --interval',
  }),
  jitter: durationFlag({
    fallback: 0,
    minMs: 0,
    help: 'start cycles later by up to this, by chance once for each process: so that many updaters do not ask at once',
  }),
  'schedule-timezone': textFlag({
    placeholder: 'zone',
    fallback: '',
    help: "time zone of --schedule, such as Europe/Berlin (default: the machine's)",
  }),
  'tag-ttl': durationFlag({
    fallback: 360 * minute,
    minMs: 0,
    help: 'longest time that a tag which never moved goes unasked; 0 asks for all in every cycle',
  }),
  'max-concurrency': integerFlag({
    fallback: 10,
    min: 1,
    max: 1000,
    help: 'Git repositories written at once',
  }),
  'cycle-timeout': durationFlag({
    fallback: 0,
    minMs: 0,
    help: 'time of one cycle; what is not done by then goes on, and the next begins without it (0: 5m or twice --interval, the longer)',
  }),
  'shutdown-grace': durationFlag({
    fallback: 25 * second,
    minMs: 0,
    help: 'how long a running cycle may go on after SIGTERM',
  }),
  'registries-conf-path': textFlag({
    placeholder: 'path',
    fallback: '/app/config/registries.conf',
    help: 'registries file; empty for the built-in registries only',
  }),
  'cache-dir': textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'folder for Git mirrors and registry facts; may be deleted at any time (default: "tidewaiter" in the system\'s temporary folder)',
  }),
  'warmup-cache': booleanFlag({ fallback: true, help: 'without effect: nothing needs to be warmed up' }),
} satisfies FlagTable;

const applicationFlags = {
  applications: listFlag({
    placeholder: 'path',
    fallback: [],
    help: 'read Applications from this manifest file or folder instead of a cluster (repeatable)',
  }),
  'applications-api': choiceFlag({
    words: ['kubernetes', 'argocd'],
    fallback: 'kubernetes',
    help: 'API that Applications are read from',
    variable: 'APPLICATIONS_API',
  }),
  'application-namespace': textFlag({
    placeholder: 'namespaces',
    fallback: '',
    help: 'only Applications of these namespaces: names and globs, separated by commas (default: all)',
  }),
  'watch-namespaces': textFlag({
    placeholder: 'namespaces',
    fallback: '',
    help: 'like --application-namespace; * means all',
    variable: 'IMAGE_UPDATER_WATCH_NAMESPACES',
  }),
  'match-application-name': listFlag({
    placeholder: 'glob',
    separator: ',',
    fallback: [],
    help: 'only Applications with such a name (repeatable, or separated by commas)',
  }),
  // no server is asked with a selector that none can read
  'match-application-label': parsedFlag({
    placeholder: 'selector',
    fallback: '',
    fallbackText: '',
    help: 'only Applications with these labels',
    parse: (text) => {
      const selector = parseLabelSelector(text);
      return selector.ok ? succeed(text) : selector;
    },
  }),
  'argocd-namespace': textFlag({
    placeholder: 'namespace',
    fallback: '',
    help: 'where Argo CD lives (default: own namespace)',
    variable: 'ARGOCD_NAMESPACE',
  }),
  'argocd-server-addr': textFlag({
    placeholder: 'host[:port]',
    fallback: '',
    help: 'Argo CD server for --applications-api argocd',
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
    variable: 'ARGOCD_TOKEN',
  }),
  'disable-kube-events': booleanFlag({
    fallback: false,
    help: 'write no Kubernetes Events (the variable, too, disables when true)',
    variable: 'IMAGE_UPDATER_KUBE_EVENTS',
  }),
  'disable-failure-events': booleanFlag({
    fallback: false,
    help: 'write no Events about what fails',
  }),
  'refresh-after-push': booleanFlag({
    fallback: false,
    help: 'ask Argo CD to look at an Application as soon as its commit is pushed',
    variable: 'IMAGE_UPDATER_REFRESH_AFTER_PUSH',
  }),
  'notification-annotations': choiceFlag({
    words: ['off', 'own', 'all'],
    fallback: 'off',
    help: 'annotate Applications for Argo CD Notifications; own: not those of ApplicationSets',
    variable: 'IMAGE_UPDATER_NOTIFICATION_ANNOTATIONS',
  }),
} satisfies FlagTable;

const gitFlags = {
  'git-commit-user': textFlag({
    placeholder: 'name',
    fallback: 'argocd-image-updater',
    help: 'author of commits',
    variable: 'GIT_COMMIT_USER',
  }),
  'git-commit-email': textFlag({
    placeholder: 'address',
    fallback: 'noreply@argoproj.io',
    help: 'mail address of commits',
    variable: 'GIT_COMMIT_EMAIL',
  }),
  'git-commit-signing-key': textFlag({
    placeholder: 'key',
    fallback: '',
    help: 'key that commits are signed with',
    variable: 'GIT_COMMIT_SIGNING_KEY',
  }),
  'git-commit-signing-method': choiceFlag({
    words: ['openpgp', 'ssh'],
    fallback: 'openpgp',
    help: 'kind of the signing key',
    variable: 'GIT_COMMIT_SIGNING_METHOD',
  }),
  'git-commit-sign-off': booleanFlag({
    fallback: false,
    help: 'add a Signed-off-by line',
    variable: 'GIT_COMMIT_SIGN_OFF',
  }),
  'git-commit-trailers': booleanFlag({
    fallback: false,
    help: 'end messages with trailers that name Application, rule and digest',
  }),
  'git-commit-message-path': textFlag({
    placeholder: 'path',
    fallback: '/app/config/commit.template',
    help: 'template of commit messages',
  }),
  'git-timeout': durationFlag({
    fallback: 90 * second,
    minMs: 1,
    help: 'how long one git command may take',
    variable: 'ARGOCD_EXEC_TIMEOUT',
  }),
  'git-max-mirror': sizeFlag({
    fallback: 1024 ** 3,
    minMiB: 1,
    help: 'what the mirror of one Git repository may hold',
  }),
  'git-commit-method': choiceFlag({
    words: ['git', 'api'],
    fallback: 'git',
    help: 'how commits are made',
    variable: 'GIT_COMMIT_METHOD',
    inert: true,
  }),
} satisfies FlagTable;

const serverFlags = {
  'health-port': integerFlag({ fallback: 8080, min: 0, max: maxPort, help: 'port of /healthz; 0 is off' }),
  'health-probe-bind-address': textFlag({
    placeholder: 'address',
    fallback: '0',
    help: 'second address of /healthz, such as :8081; 0 is off',
  }),
  'metrics-port': integerFlag({
    fallback: 8081,
    min: 0,
    max: maxPort,
    help: 'port of /metrics, /status, /healthz and /readyz; 0 is off',
  }),
  'metrics-bind-address': textFlag({
    placeholder: 'address',
    fallback: '0',
    help: 'second address of /metrics, such as :8443; 0 is off',
  }),
  'status-token-file': textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'file with the token that /status and /status.json ask for (default: nobody is asked)',
  }),
  'refresh-token-file': textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'file with the token of POST /refresh, on the port of /metrics (default: /refresh is off)',
  }),
  'metrics-secure': booleanFlag({ fallback: true, help: 'ask for authentication at /metrics', inert: true }),
  'enable-http2': booleanFlag({ fallback: false, help: 'HTTP/2 for metrics and webhooks', inert: true }),
} satisfies FlagTable;

const replicaFlags = {
  'leader-election': booleanFlag({ fallback: false, help: 'of several replicas one works, by a Lease' }),
  'leader-election-namespace': textFlag({
    placeholder: 'namespace',
    fallback: '',
    help: 'namespace of the Lease (default: own namespace)',
  }),
  'leader-election-id': textFlag({
    placeholder: 'name',
    fallback: 'c21b75f2.argoproj.io',
    help: 'name of the Lease: one for all replicas that work on the same Applications',
  }),
  'max-concurrent-apps': integerFlag({
    fallback: 10,
    min: 1,
    max: 100,
    help: 'Applications worked on at once',
    variable: 'MAX_CONCURRENT_APPS',
    inert: true,
  }),
  'max-concurrent-reconciles': integerFlag({
    fallback: 1,
    min: 1,
    max: 10,
    help: 'custom resources worked on at once',
    variable: 'MAX_CONCURRENT_RECONCILES',
    inert: true,
  }),
} satisfies FlagTable;

export const runFlags = {
  ...cycleFlags,
  logformat: choiceFlag({
    words: ['text', 'json', 'pretty', 'auto'],
    fallback: 'auto',
    help: 'format of the log; auto is pretty on a terminal, text elsewhere',
    variable: 'IMAGE_UPDATER_LOGFORMAT',
  }),
  'log-lines': choiceFlag({
    words: ['own', '0.18'],
    fallback: 'own',
    help: '0.18: the lines of argocd-image-updater 0.18 at level info too, with its fields',
    variable: 'IMAGE_UPDATER_LOG_LINES',
  }),
  ...sharedFlags,
  ...applicationFlags,
  ...tenantFlags,
  ...gitFlags,
  ...serverFlags,
  ...webhookFlags,
  ...replicaFlags,
} satisfies FlagTable;

/** The headings of help: those of docs/configuration.md. */
export const runFlagGroups = [
  { title: 'Cycles', flags: cycleFlags },
  { title: 'Applications', flags: applicationFlags },
  { title: 'Tenants', flags: tenantFlags },
  { title: 'Git', flags: gitFlags },
  { title: 'Health and metrics', flags: serverFlags },
  { title: 'Webhooks', flags: webhookFlags },
  { title: 'Replicas', flags: replicaFlags },
] as const;
