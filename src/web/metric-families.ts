/** The families of numbers: names, labels, what they count. `/metrics` and the documentation are made from these tables. */

export interface Family {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** Behind the prefix. */
  readonly name: string;
  readonly labels?: readonly string[];
  /** Of a histogram, in seconds. */
  readonly buckets?: readonly number[];
  /** In Markdown. */
  readonly help: string;
}

export type Families = Readonly<Record<string, Family>>;
export const prefix018 = 'argocd_image_updater_';
export const ownPrefix = 'tidewaiter_';

const application = ['application'] as const;

/** Source: daemon.md 5.2. The label sets are those of 0.18 and never change. */
export const families018 = {
  applications: {
    kind: 'gauge',
    name: 'applications_watched_total',
    help: 'Applications of the last cycle',
  },
  imagesWatched: {
    kind: 'gauge',
    name: 'images_watched_total',
    labels: application,
    help: 'Images of the last cycle',
  },
  imagesUpdated: {
    kind: 'counter',
    name: 'images_updated_total',
    labels: application,
    help: 'Images written; an Application that waits to be synced counts once, where 0.18 counted it in every cycle',
  },
  imagesErrors: {
    kind: 'counter',
    name: 'images_errors_total',
    labels: application,
    help: 'Images and writes that failed: grows in every cycle in which something fails, also while the log is silent about it',
  },
  registryRequests: {
    kind: 'counter',
    name: 'registry_requests_total',
    labels: ['registry'],
    help: 'Requests to a registry; 0.18 has it and never counts',
  },
  registryFailures: {
    kind: 'counter',
    name: 'registry_requests_failed_total',
    labels: ['registry'],
    help: 'Requests to a registry that failed; 0.18 has it and never counts',
  },
  argocdRequests: {
    kind: 'counter',
    name: 'argocd_api_requests_total',
    labels: ['argocd_server'],
    help: 'Requests to Argo CD; with `--applications-api argocd`',
  },
  argocdErrors: {
    kind: 'counter',
    name: 'argocd_api_errors_total',
    labels: ['argocd_server'],
    help: 'Requests to Argo CD that failed; with `--applications-api argocd`',
  },
  kubernetesRequests: {
    kind: 'counter',
    name: 'k8s_api_requests_total',
    help: 'Requests to the Kubernetes API; 0.18 has it and never counts',
  },
  kubernetesErrors: {
    kind: 'counter',
    name: 'k8s_api_errors_total',
    help: 'Requests to the Kubernetes API that failed; 0.18 has it and never counts',
  },
} as const satisfies Families;

export const ownFamilies = {
  cycles: {
    kind: 'histogram',
    name: 'cycle_duration_seconds',
    buckets: [0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600],
    help: 'Time of a cycle',
  },
  lastCycle: { kind: 'gauge', name: 'last_cycle_timestamp_seconds', help: 'End of the last cycle' },
  lastSuccess: {
    kind: 'gauge',
    name: 'last_listed_cycle_timestamp_seconds',
    help: 'End of the last cycle in which Applications could be listed',
  },
  interval: {
    kind: 'gauge',
    name: 'interval_seconds',
    help: 'Time from the end of a cycle to the next: `--interval`; absent with `--schedule`',
  },
  images: {
    kind: 'gauge',
    name: 'images',
    labels: ['state'],
    help: 'Images of the last cycle: `update`, `current`, `held`, `waiting`, `skipped`, `failed`',
  },
  heldImages: {
    kind: 'gauge',
    name: 'held_images',
    labels: ['code'],
    help: 'Images of the last cycle that are withheld, by the [policy that comes first](troubleshooting.md#why-a-version-is-withheld)',
  },
  problems: {
    kind: 'gauge',
    name: 'problems',
    labels: ['level', 'code'],
    help: 'Problems of the last cycle, each counted once whatever number of Applications it hits, by [code](troubleshooting.md#codes-of-problems)',
  },
  writes: {
    kind: 'counter',
    name: 'writes_total',
    labels: ['result'],
    help: 'Planned writes of Applications, by what became of them: `committed`, `patched`, `unchanged`, `dry-run`, `failed`',
  },
  refusedSettings: {
    kind: 'gauge',
    name: 'settings_refused',
    labels: ['file'],
    help: '1 while the newest version of `registries.conf`, of a commit template or of the [certificate](configuration.md#tls) is broken, and the one before it is in force',
  },
  leads: {
    kind: 'gauge',
    name: 'leader',
    help: '1 where this replica [leads](high-availability.md), or is the only one',
  },
  requests: {
    kind: 'counter',
    name: 'registry_requests_total',
    labels: ['host', 'method', 'status'],
    help: 'Requests to registries and token servers; status 0: no answer',
  },
  quota: {
    kind: 'gauge',
    name: 'registry_quota_remaining',
    labels: ['host'],
    help: 'Requests that a registry still grants, as it said last',
  },
  quotaLimit: {
    kind: 'gauge',
    name: 'registry_quota_limit',
    labels: ['host'],
    help: 'Requests that a registry grants in a whole window, where it says so',
  },
  held: {
    kind: 'gauge',
    name: 'registry_held_back',
    labels: ['host'],
    help: '1 while nothing is asked there, after refusals or failures',
  },
  holds: {
    kind: 'counter',
    name: 'registry_holds_total',
    labels: ['host', 'code'],
    help: 'Times that a registry began to be held back',
  },
  memory: {
    kind: 'counter',
    name: 'registry_memory_total',
    labels: ['memory', 'result'],
    help: '`token` and `image`, whenever one was wanted: `hit` where it was known already, so that nobody was asked, else `miss`',
  },
  updateTimes: {
    kind: 'histogram',
    name: 'update_seconds',
    buckets: [1, 3, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400],
    help: 'From the start of the cycle that first wanted a version to its write',
  },
  linger: {
    kind: 'histogram',
    name: 'write_linger_seconds',
    buckets: [0.01, 0.1, 0.5, 1, 2, 3, 5, 10],
    help: 'Time that an Application which is decided waits for others of its repository, so that one push does for all',
  },
  unfinished: {
    kind: 'gauge',
    name: 'applications_unfinished',
    help: 'Applications that the running cycle has not done yet',
  },
  waitingPushes: {
    kind: 'gauge',
    name: 'webhook_queue',
    help: 'Repositories that webhooks told of, and that wait for a cycle',
  },
  gitOperations: {
    kind: 'counter',
    name: 'git_operations_total',
    labels: ['command', 'result'],
    help: 'Commands of git; results are `ok` and `failed`',
  },
  webhooks: {
    kind: 'counter',
    name: 'webhook_deliveries_total',
    labels: ['sender', 'result'],
    help: "Deliveries of webhooks: `accepted`, `ignored`, `refused`, `unproven` (Google's keys could not be had), `malformed`, `full`, `standby`",
  },
} as const satisfies Families;
