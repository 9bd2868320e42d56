/** Flags of webhooks: those of 0.18 and of its 1.x line, and secrets of senders that those do not know. */
import { booleanFlag, type FlagTable, integerFlag, listFlag, textFlag } from '../flag.ts';

const maxPort = 65_535;

/** Two secrets, one a line, are both good: so that one can be replaced without a gap. */
const webhookSecret = (help: string, variable: string) => textFlag({ fallback: '', help, variable });

export const webhookFlags = {
  'enable-webhook': booleanFlag({
    fallback: false,
    help: 'take webhooks of registries',
    variable: 'ENABLE_WEBHOOK',
  }),
  'webhook-port': integerFlag({
    fallback: 8082,
    min: 0,
    max: maxPort,
    help: 'port of webhooks; 0 is off',
    variable: 'WEBHOOK_PORT',
  }),
  'webhook-ratelimit-allowed': integerFlag({
    fallback: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'webhooks per hour; 0 is unlimited',
    variable: 'WEBHOOK_RATELIMIT_ALLOWED',
  }),
  'webhook-require-secret': booleanFlag({
    fallback: false,
    help: 'refuse webhooks of senders that no secret is set for',
    variable: 'WEBHOOK_REQUIRE_SECRET',
  }),
  'webhook-secrets-folder': textFlag({
    fallback: '/app/config/webhook-secrets',
    help: 'folder of secrets under the keys of the Secret, such as webhook.ghcr-secret, read again when they change',
    placeholder: 'path',
  }),
  'docker-webhook-secret': webhookSecret('secret of Docker Hub webhooks', 'DOCKER_WEBHOOK_SECRET'),
  'ghcr-webhook-secret': webhookSecret('secret of GHCR webhooks', 'GHCR_WEBHOOK_SECRET'),
  'quay-webhook-secret': webhookSecret('secret of Quay webhooks', 'QUAY_WEBHOOK_SECRET'),
  'harbor-webhook-secret': webhookSecret('secret of Harbor webhooks', 'HARBOR_WEBHOOK_SECRET'),
  'aliyun-acr-webhook-secret': webhookSecret('secret of Aliyun ACR webhooks', 'ALIYUN_ACR_WEBHOOK_SECRET'),
  'acr-webhook-secret': webhookSecret('secret of Azure ACR webhooks', 'ACR_WEBHOOK_SECRET'),
  'cloudevents-webhook-secret': webhookSecret('secret of CloudEvents', 'CLOUDEVENTS_WEBHOOK_SECRET'),
  'distribution-webhook-secret': webhookSecret(
    'secret of distribution, GitLab and zot webhooks',
    'DISTRIBUTION_WEBHOOK_SECRET',
  ),
  'gitea-webhook-secret': webhookSecret('secret of Gitea and Forgejo webhooks', 'GITEA_WEBHOOK_SECRET'),
  'ecr-webhook-secret': webhookSecret('secret of EventBridge webhooks', 'ECR_WEBHOOK_SECRET'),
  'gar-webhook-secret': webhookSecret('secret of Artifact Registry webhooks', 'GAR_WEBHOOK_SECRET'),
  'gar-webhook-audience': textFlag({
    fallback: '',
    help: 'take Artifact Registry webhooks with ID tokens of Google for this audience',
    variable: 'GAR_WEBHOOK_AUDIENCE',
  }),
  'gar-webhook-email': listFlag({
    fallback: [],
    help: 'service accounts whose ID tokens are taken',
    variable: 'GAR_WEBHOOK_EMAIL',
    separator: ',',
  }),
  'gar-webhook-keys-url': textFlag({
    fallback: 'https://www.googleapis.com/oauth2/v3/certs',
    help: 'public keys of ID tokens',
    placeholder: 'url',
  }),
  'artifactory-webhook-secret': webhookSecret('secret of Artifactory webhooks', 'ARTIFACTORY_WEBHOOK_SECRET'),
  'generic-webhook-secret': webhookSecret('secret of hand-made webhooks', 'GENERIC_WEBHOOK_SECRET'),
} satisfies FlagTable;

/** Types of senders, and the flag of each. */
export const webhookSecretFlags = {
  'docker.io': 'docker-webhook-secret',
  'ghcr.io': 'ghcr-webhook-secret',
  'quay.io': 'quay-webhook-secret',
  harbor: 'harbor-webhook-secret',
  acr: 'acr-webhook-secret',
  'aliyun-acr': 'aliyun-acr-webhook-secret',
  cloudevents: 'cloudevents-webhook-secret',
  distribution: 'distribution-webhook-secret',
  gitea: 'gitea-webhook-secret',
  ecr: 'ecr-webhook-secret',
  gar: 'gar-webhook-secret',
  artifactory: 'artifactory-webhook-secret',
  generic: 'generic-webhook-secret',
} as const satisfies Readonly<Record<string, keyof typeof webhookFlags>>;
