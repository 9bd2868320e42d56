/** Deliveries as the documentation of each sender has them, shortened to what is read and a little more. */
import type { PushEvent } from '../../src/ports/push-event.ts';

export interface RecordedDelivery {
  readonly type: string;
  readonly about: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly events: readonly PushEvent[];
}

const json = (value: unknown): string => JSON.stringify(value);
const digest = `sha256:${'a'.repeat(64)}`;

const githubPackage = (more: object) =>
  json({
    action: 'published',
    package: {
      name: 'Api',
      package_type: 'CONTAINER',
      owner: { login: 'Acme' },
      package_version: { container_metadata: { tag: { name: '2.4.1', digest } } },
      ...more,
    },
  });

const harborData = {
  resources: [
    { digest, tag: '1.4.0', resource_url: 'harbor.corp.example:8443/team/api:1.4.0' },
    { digest, tag: 'latest', resource_url: 'harbor.corp.example:8443/team/api:latest' },
  ],
  repository: { name: 'api', namespace: 'team', repo_full_name: 'team/api', repo_type: 'private' },
};
const harborEvents = ['1.4.0', 'latest'].map((tag) => ({
  registry: 'harbor.corp.example:8443',
  repository: 'team/api',
  tag,
  digest,
}));

const distributionEvent = (more: object) => ({
  id: '320678d8',
  action: 'push',
  target: {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest,
    repository: 'team/api',
    tag: '1.4.0',
  },
  request: { id: '6df2', host: 'reg.corp.example:5000', method: 'PUT' },
  ...more,
});

const giteaPackage = (more: object) =>
  json({
    action: 'created',
    repository: null,
    package: {
      id: 1,
      type: 'container',
      name: 'api',
      version: '1.4.0',
      html_url: 'https://git.corp.example/Team/-/packages/container/api/1.4.0',
      owner: { login: 'Team' },
      ...more,
    },
  });

const ecrEvent = (detail: object) =>
  json({
    version: '0',
    source: 'aws.ecr',
    'detail-type': 'ECR Image Action',
    account: '123456789012',
    region: 'eu-west-1',
    detail: {
      'action-type': 'PUSH',
      result: 'SUCCESS',
      'repository-name': 'team/api',
      'image-digest': digest,
      ...detail,
    },
  });

const pubSub = (data: object) =>
  json({ message: { data: Buffer.from(json(data)).toString('base64'), messageId: '1' }, subscription: 's' });

const cloudEvent = {
  specversion: '1.0',
  id: '1',
  type: 'com.amazon.ecr.image.push',
  source: 'urn:aws:ecr:eu-west-1:123456789012:repository/team/api',
  subject: 'team/api:1.4.0',
  data: { repositoryName: 'team/api', imageTag: '1.4.0', imageDigest: digest, registryId: '123456789012' },
};
const ecrPush = { registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com', repository: 'team/api' };

export const deliveries: readonly RecordedDelivery[] = [
  {
    type: 'docker.io',
    about: 'a push',
    body: json({
      push_data: { tag: '1.4.0', pushed_at: 1710000000, pusher: 'ci', images: [] },
      repository: { repo_name: 'acme/api', namespace: 'acme', name: 'api' },
    }),
    events: [{ registry: 'docker.io', repository: 'acme/api', tag: '1.4.0' }],
  },
  {
    type: 'docker.io',
    about: 'a push without the full name',
    body: json({ push_data: { tag: '1' }, repository: { namespace: 'acme', name: 'api' } }),
    events: [{ registry: 'docker.io', repository: 'acme/api', tag: '1' }],
  },
  {
    type: 'ghcr.io',
    about: 'a version with a tag',
    headers: { 'x-github-event': 'package' },
    body: githubPackage({}),
    events: [{ registry: 'ghcr.io', repository: 'acme/api', tag: '2.4.1', digest }],
  },
  {
    type: 'ghcr.io',
    about: 'a child of an index, whose name is a digest',
    headers: { 'x-github-event': 'registry_package' },
    body: githubPackage({
      package_version: { container_metadata: { tag: { name: '' } }, name: digest },
    }).replace('"package":', '"registry_package":'),
    events: [{ registry: 'ghcr.io', repository: 'acme/api', digest }],
  },
  {
    type: 'ghcr.io',
    about: 'an attestation, as a version that is updated',
    headers: { 'x-github-event': 'package' },
    body: githubPackage({
      package_version: { container_metadata: { tag: { name: '', digest } }, version: digest },
    }).replace('published', 'updated'),
    events: [{ registry: 'ghcr.io', repository: 'acme/api', digest }],
  },
  {
    type: 'ghcr.io',
    about: 'a package that is restored, which is no action of the event',
    headers: { 'x-github-event': 'package' },
    body: githubPackage({}).replace('published', 'restored'),
    events: [],
  },
  {
    type: 'ghcr.io',
    about: 'a form',
    headers: { 'x-github-event': 'package', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ payload: githubPackage({}) }).toString(),
    events: [{ registry: 'ghcr.io', repository: 'acme/api', tag: '2.4.1', digest }],
  },
  {
    type: 'ghcr.io',
    about: 'a ping',
    headers: { 'x-github-event': 'ping' },
    body: json({ zen: '…' }),
    events: [],
  },
  {
    type: 'ghcr.io',
    about: 'an npm package',
    headers: { 'x-github-event': 'package' },
    body: githubPackage({ package_type: 'npm' }),
    events: [],
  },
  {
    type: 'quay.io',
    about: 'a push of two tags',
    body: json({
      name: 'api',
      repository: 'acme/api',
      docker_url: 'quay.io/acme/api',
      updated_tags: ['1.4.0', 'latest'],
    }),
    events: ['1.4.0', 'latest'].map((tag) => ({ registry: 'quay.io', repository: 'acme/api', tag })),
  },
  {
    type: 'quay.io',
    about: 'a self-managed one',
    body: json({
      repository: 'acme/api',
      docker_url: 'quay.corp.example:8443/acme/api',
      updated_tags: ['1'],
    }),
    events: [{ registry: 'quay.corp.example:8443', repository: 'acme/api', tag: '1' }],
  },
  {
    type: 'quay.io',
    about: 'a build',
    body: json({ repository: 'acme/api', docker_url: 'quay.io/acme/api', build_id: '1' }),
    events: [],
  },
  {
    type: 'quay.io',
    about: 'a vulnerability',
    body: json({
      repository: 'acme/api',
      docker_url: 'quay.io/acme/api',
      tags: ['latest'],
      vulnerability: { id: 'CVE-1', priority: 'Critical' },
    }),
    events: [],
  },
  {
    type: 'quay.io',
    about: 'a push of an early version: tags with their images',
    body: json({ repository: 'acme/api', updated_tags: { '1.4.0': 'f1d2', latest: 'f1d2' } }),
    events: ['1.4.0', 'latest'].map((tag) => ({ registry: 'quay.io', repository: 'acme/api', tag })),
  },
  {
    type: 'harbor',
    about: 'a push',
    body: json({ type: 'PUSH_ARTIFACT', occur_at: 1, operator: 'ci', event_data: harborData }),
    events: harborEvents,
  },
  {
    type: 'harbor',
    about: 'a push as a CloudEvent',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: json({ specversion: '1.0', type: 'harbor.artifact.pushed', data: harborData }),
    events: harborEvents,
  },
  {
    type: 'harbor',
    about: 'a scan',
    body: json({ type: 'SCANNING_COMPLETED', event_data: harborData }),
    events: [],
  },
  {
    type: 'acr',
    about: 'a push',
    body: json({
      id: 'e1',
      action: 'push',
      target: { mediaType: 'x', digest, repository: 'team/api', tag: '1.4.0' },
      request: { host: 'acme.azurecr.io', method: 'PUT' },
    }),
    events: [{ registry: 'acme.azurecr.io', repository: 'team/api', tag: '1.4.0', digest }],
  },
  {
    type: 'acr',
    about: 'a push by digest, without a tag',
    body: json({
      action: 'push',
      target: { digest, repository: 'team/api' },
      request: { host: 'acme.azurecr.io', method: 'PUT' },
    }),
    events: [{ registry: 'acme.azurecr.io', repository: 'team/api', digest }],
  },
  {
    type: 'acr',
    about: 'a quarantine',
    body: json({ action: 'quarantine', target: { digest, repository: 'team/api' } }),
    events: [],
  },
  { type: 'acr', about: 'a ping without a target', body: json({ id: 'e1', action: 'ping' }), events: [] },
  {
    type: 'aliyun-acr',
    about: 'a push to a region',
    body: json({
      push_data: { digest, tag: '1.4.0' },
      repository: { name: 'api', namespace: 'acme', region: 'cn-hangzhou', repo_full_name: 'acme/api' },
    }),
    events: [{ registry: 'registry.cn-hangzhou.aliyuncs.com', repository: 'acme/api', tag: '1.4.0', digest }],
  },
  {
    type: 'aliyun-acr',
    about: 'a push to an instance of its own',
    query: 'registry_url=acme-registry.example',
    body: json({ push_data: { tag: '1' }, repository: { name: 'api', namespace: 'acme' } }),
    events: [{ registry: 'acme-registry.example', repository: 'acme/api', tag: '1' }],
  },
  {
    type: 'cloudevents',
    about: 'one of ECR',
    body: json(cloudEvent),
    events: [{ ...ecrPush, tag: '1.4.0', digest }],
  },
  {
    type: 'cloudevents',
    about: 'one of another maker, whose subject names the tag',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: json({
      specversion: '1.0',
      id: '2',
      type: 'dev.example.image.published',
      source: 'https://reg.corp.example:5000/hooks',
      subject: 'team/api:1.4.0',
    }),
    events: [{ registry: 'reg.corp.example:5000', repository: 'team/api', tag: '1.4.0' }],
  },
  {
    type: 'cloudevents',
    about: 'a batch',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: json([cloudEvent, { ...cloudEvent, data: undefined }]),
    events: [
      { ...ecrPush, tag: '1.4.0', digest },
      { ...ecrPush, tag: '1.4.0' },
    ],
  },
  {
    type: 'cloudevents',
    about: 'one with its attributes in headers',
    headers: {
      'ce-specversion': '1.0',
      'ce-type': 'org.example.container.pushed',
      'ce-source': 'https://reg.corp.example/x',
    },
    body: json({ repository: 'team/api', tag: '1.4.0' }),
    events: [{ registry: 'reg.corp.example', repository: 'team/api', tag: '1.4.0' }],
  },
  {
    type: 'cloudevents',
    about: 'a deletion',
    body: json({ ...cloudEvent, type: 'com.amazon.ecr.image.delete' }),
    events: [],
  },
  {
    type: 'distribution',
    about: 'a push of an image, its layers, and a pull',
    headers: { 'content-type': 'application/vnd.docker.distribution.events.v2+json' },
    body: json({
      events: [
        distributionEvent({ target: { digest, repository: 'team/api' } }),
        distributionEvent({}),
        distributionEvent({ action: 'pull' }),
      ],
    }),
    events: [{ registry: 'reg.corp.example:5000', repository: 'team/api', tag: '1.4.0', digest }],
  },
  {
    type: 'distribution',
    about: 'the media type of version 1, as some makers write it',
    headers: { 'content-type': 'application/vnd.docker.distribution.events.v1+json; charset=utf-8' },
    body: json({ events: [distributionEvent({})] }),
    events: [{ registry: 'reg.corp.example:5000', repository: 'team/api', tag: '1.4.0', digest }],
  },
  {
    type: 'distribution',
    about: 'mounts and deletions beside events of which parts lack',
    body: json({
      events: [
        distributionEvent({ action: 'mount' }),
        distributionEvent({ action: 'delete' }),
        { action: 'push' },
        {},
      ],
    }),
    events: [],
  },
  {
    type: 'distribution',
    about: 'a registry with another name outside',
    query: 'registry_url=https://reg.example',
    body: json({ events: [distributionEvent({})] }),
    events: [{ registry: 'reg.example', repository: 'team/api', tag: '1.4.0', digest }],
  },
  { type: 'distribution', about: 'an empty envelope', body: json({ events: [] }), events: [] },
  {
    type: 'gitea',
    about: 'a package',
    headers: { 'x-gitea-event': 'package' },
    body: giteaPackage({}),
    events: [{ registry: 'git.corp.example', repository: 'team/api', tag: '1.4.0' }],
  },
  {
    type: 'gitea',
    about: 'a form',
    headers: { 'x-gitea-event': 'package', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ payload: giteaPackage({}) }).toString(),
    events: [{ registry: 'git.corp.example', repository: 'team/api', tag: '1.4.0' }],
  },
  {
    type: 'gitea',
    about: 'a package that is no image',
    headers: { 'x-gitea-event': 'package' },
    body: giteaPackage({ type: 'npm' }),
    events: [],
  },
  {
    type: 'gitea',
    about: 'a deletion',
    headers: { 'x-forgejo-event': 'package' },
    body: giteaPackage({}).replace('created', 'deleted'),
    events: [],
  },
  {
    type: 'gitea',
    about: 'a package of Forgejo, by digest',
    headers: { 'x-forgejo-event': 'package' },
    body: giteaPackage({ version: digest }),
    events: [{ registry: 'git.corp.example', repository: 'team/api', digest }],
  },
  {
    type: 'gitea',
    about: 'a push of code',
    headers: { 'x-gitea-event': 'push' },
    body: json({}),
    events: [],
  },
  {
    type: 'ecr',
    about: 'a push',
    body: ecrEvent({ 'image-tag': '1.4.0' }),
    events: [{ ...ecrPush, tag: '1.4.0', digest }],
  },
  { type: 'ecr', about: 'a push without a tag', body: ecrEvent({}), events: [{ ...ecrPush, digest }] },
  { type: 'ecr', about: 'a deletion', body: ecrEvent({ 'action-type': 'DELETE' }), events: [] },
  {
    type: 'ecr',
    about: 'a push that failed',
    body: ecrEvent({ result: 'FAILURE', 'image-tag': '1.4.0' }),
    events: [],
  },
  {
    type: 'ecr',
    about: 'a push in China',
    body: ecrEvent({ 'image-tag': '1.4.0' }).replace('eu-west-1', 'cn-north-1'),
    events: [
      {
        registry: '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
        repository: 'team/api',
        tag: '1.4.0',
        digest,
      },
    ],
  },
  {
    type: 'gar',
    about: 'a tag',
    body: pubSub({
      action: 'INSERT',
      digest: `europe-docker.pkg.dev/p/r/api@${digest}`,
      tag: 'europe-docker.pkg.dev/p/r/api:1.4.0',
    }),
    events: [{ registry: 'europe-docker.pkg.dev', repository: 'p/r/api', tag: '1.4.0', digest }],
  },
  {
    type: 'gar',
    about: 'an image without a tag',
    body: pubSub({ action: 'INSERT', digest: `europe-docker.pkg.dev/p/r/api@${digest}` }),
    events: [{ registry: 'europe-docker.pkg.dev', repository: 'p/r/api', digest }],
  },
  { type: 'gar', about: 'a deletion', body: pubSub({ action: 'DELETE', tag: 'h/p/r/api:1' }), events: [] },
  {
    type: 'artifactory',
    about: 'a push, under both of its names',
    body: json({
      domain: 'docker',
      event_type: 'pushed',
      data: {
        repo_key: 'docker-local',
        image_name: 'team/api',
        tag: '1.4.0',
        path: 'team/api/1.4.0/manifest.json',
      },
      jpd_origin: 'https://acme.jfrog.example/artifactory',
    }),
    events: ['team/api', 'docker-local/team/api'].map((repository) => ({
      registry: 'acme.jfrog.example',
      repository,
      tag: '1.4.0',
    })),
  },
  {
    type: 'artifactory',
    about: 'a deletion',
    body: json({ domain: 'docker', event_type: 'deleted', data: {}, jpd_origin: '' }),
    events: [],
  },
  {
    type: 'generic',
    about: 'a push',
    body: json({ registry: 'reg.example:5000', repository: 'Acme/api', tag: '1.4.0' }),
    events: [{ registry: 'reg.example:5000', repository: 'acme/api', tag: '1.4.0' }],
  },
  {
    type: 'generic',
    about: 'a push to whatever registry',
    body: json({ repository: 'acme/api' }),
    events: [{ registry: '', repository: 'acme/api' }],
  },
];
