/** Flags of webhooks: those of 0.18 and of its 1.x line, and secrets of senders that those do not know. */
import { booleanFlag, type FlagTable, integerFlag, listFlag, textFlag } from '../flag.ts';

const maxPort = 65_535;

/** Two secrets, one a line, are both good: so that one can be replaced without a gap. */
const webhookSecret = (help: string, variable: string) => textFlag({ fallback: '', help, variable });

export const webhookFlags = {
  'enable-webhook': booleanFlag({
    fallback: false,
    help: 'take webhooks of registries, beside polling',
    variable: 'ENABLE_WEBHOOK',
  }),
  'webhook-port': integerFlag({
    fallback: 8082,
    min: 0,
    max: maxPort,
    help: 'port of `/webhook`; `0` is off',
    details: '; `8080` for the command `webhook`',
    variable: 'WEBHOOK_PORT',
  }),
  'webhook-ratelimit-allowed': integerFlag({
    fallback: 0,
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    help: 'cycles for webhooks in an hour; `0` is unlimited',
    variable: 'WEBHOOK_RATELIMIT_ALLOWED',
  }),
  'webhook-require-secret': booleanFlag({
    fallback: false,
    help: 'refuse webhooks of senders that no secret is set for',
    variable: 'WEBHOOK_REQUIRE_SECRET',
  }),
  'webhook-secrets-folder': textFlag({
    fallback: '/app/config/webhook-secrets',
    help: 'folder of secrets under the keys of the Secret, such as `webhook.ghcr-secret`, read again when they change',
    details: 'They go before flags and variables. The shipped Deployment mounts the Secret there; `""`: none',
    placeholder: 'path',
  }),
  'docker-webhook-secret': webhookSecret(
    'secret of Docker Hub webhooks, `type=docker.io`',
    'DOCKER_WEBHOOK_SECRET',
  ),
  'ghcr-webhook-secret': webhookSecret('secret of GHCR webhooks, `type=ghcr.io`', 'GHCR_WEBHOOK_SECRET'),
  'quay-webhook-secret': webhookSecret('secret of Quay webhooks, `type=quay.io`', 'QUAY_WEBHOOK_SECRET'),
  'harbor-webhook-secret': webhookSecret('secret of Harbor webhooks, `type=harbor`', 'HARBOR_WEBHOOK_SECRET'),
  'aliyun-acr-webhook-secret': webhookSecret(
    'secret of Aliyun ACR webhooks, `type=aliyun-acr`',
    'ALIYUN_ACR_WEBHOOK_SECRET',
  ),
  'acr-webhook-secret': webhookSecret('secret of Azure ACR webhooks, `type=acr`', 'ACR_WEBHOOK_SECRET'),
  'cloudevents-webhook-secret': webhookSecret(
    'secret of CloudEvents, `type=cloudevents`',
    'CLOUDEVENTS_WEBHOOK_SECRET',
  ),
  'distribution-webhook-secret': webhookSecret(
    'secret of distribution, GitLab and zot webhooks, `type=distribution`',
    'DISTRIBUTION_WEBHOOK_SECRET',
  ),
  'gitea-webhook-secret': webhookSecret(
    'secret of Gitea and Forgejo webhooks, `type=gitea`',
    'GITEA_WEBHOOK_SECRET',
  ),
  'ecr-webhook-secret': webhookSecret('secret of EventBridge webhooks, `type=ecr`', 'ECR_WEBHOOK_SECRET'),
  'gar-webhook-secret': webhookSecret(
    'secret of Artifact Registry webhooks, `type=gar`',
    'GAR_WEBHOOK_SECRET',
  ),
  'gar-webhook-audience': textFlag({
    fallback: '',
    help: 'take Artifact Registry webhooks with [ID tokens of Google](webhooks.md#artifact-registry-without-a-secret) for this audience',
    variable: 'GAR_WEBHOOK_AUDIENCE',
  }),
  'gar-webhook-email': listFlag({
    fallback: [],
    help: 'service accounts whose ID tokens are taken, separated by commas',
    details: '; needed with an audience',
    variable: 'GAR_WEBHOOK_EMAIL',
    separator: ',',
  }),
  'gar-webhook-keys-url': textFlag({
    fallback: 'https://www.googleapis.com/oauth2/v3/certs',
    help: 'public keys of ID tokens',
    details: '; a mirror has to speak https',
    placeholder: 'url',
  }),
  'artifactory-webhook-secret': webhookSecret(
    'secret of Artifactory webhooks, `type=artifactory`',
    'ARTIFACTORY_WEBHOOK_SECRET',
  ),
  'generic-webhook-secret': webhookSecret(
    'secret of hand-made webhooks, `type=generic`',
    'GENERIC_WEBHOOK_SECRET',
  ),
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
