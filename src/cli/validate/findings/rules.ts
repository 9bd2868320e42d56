/** What `validate` can find: docs/validate.md and the rules of SARIF are made from this table. */
import {
  type ApplicationKey,
  applicationKeys,
  type ImageOnlyKey,
  imageOnlyKeys,
  type SharedKey,
  sharedKeys,
} from '../../../core/config/keys/annotation-keys.ts';
import {
  applicationPolicyKeys,
  imagePolicyKeys,
  type PolicyKey,
} from '../../../core/config/keys/policy-keys.ts';

export type Severity = 'error' | 'warning' | 'note';

export interface Rule {
  /** The gravest that it is found with. */
  readonly severity: Severity;
  readonly text: string;
  /** Where it is written about, below docs/. */
  readonly docs: string;
}

type AnnotationKey = ApplicationKey | SharedKey | ImageOnlyKey | PolicyKey;

const annotationRules = {
  'image-list': {
    severity: 'error',
    text: 'An entry that is no image, a constraint that cannot be read or admits other versions than it seems to, or two images that write one key',
    docs: 'annotations.md#image-list',
  },
  'write-back-method': {
    severity: 'error',
    text: 'A method that there is not, or one that its ApplicationSet undoes',
    docs: 'write-back.md#method',
  },
  'write-back-target': {
    severity: 'error',
    text: 'A target that names no file, leaves the repository, or is taken for something else than it looks like',
    docs: 'write-back.md#targets',
  },
  'write-back-source': {
    severity: 'error',
    text: 'A source that the Application does not have',
    docs: 'annotations.md#which-source',
  },
  'git-branch': {
    severity: 'error',
    text: 'No branch: a commit, a tag, a range of versions, a name that git refuses, or a template that cannot be read',
    docs: 'write-back.md#branch-and-repository',
  },
  'git-repository': {
    severity: 'error',
    text: 'No repository, or without effect',
    docs: 'write-back.md#branch-and-repository',
  },
  'git-commit-trailers': {
    severity: 'error',
    text: 'Neither true nor false',
    docs: 'write-back.md#commit-messages',
  },
  'update-strategy': {
    severity: 'error',
    text: 'A strategy that there is not',
    docs: 'annotations.md#strategies',
  },
  'allow-tags': {
    severity: 'error',
    text: 'Neither any nor regexp: with a pattern of RE2',
    docs: 'annotations.md#filters',
  },
  'ignore-tags': {
    severity: 'error',
    text: 'A pattern that ignores no tag, or too many of them',
    docs: 'annotations.md#filters',
  },
  'force-update': { severity: 'error', text: 'Neither true nor false', docs: 'annotations.md#all-keys' },
  'pull-secret': {
    severity: 'error',
    text: 'A source of credentials that cannot be read, or reaches beyond the namespace of its Application',
    docs: 'credentials.md#registries',
  },
  prerelease: {
    severity: 'error',
    text: 'Neither allow nor deny nor identifiers, or without effect',
    docs: 'versions.md#pre-releases',
  },
  'version-group': {
    severity: 'error',
    text: 'No group of the pattern of allow-tags, or without effect',
    docs: 'versions.md#a-version-inside-a-tag',
  },
  'strict-semver': {
    severity: 'error',
    text: 'Neither true nor false, or without effect',
    docs: 'versions.md#three-numbers',
  },
  'keep-variant': {
    severity: 'error',
    text: 'Neither true nor false, or without effect',
    docs: 'versions.md#variants',
  },
  'write-format': {
    severity: 'error',
    text: 'Neither tag, digest nor tag@digest, or one that the keys of the image cannot hold',
    docs: 'versions.md#what-is-written',
  },
  'on-moved-tag': {
    severity: 'error',
    text: 'Neither warn, follow nor hold, or without effect',
    docs: 'versions.md#moved-tags',
  },
  'tag-match': { severity: 'warning', text: 'An older name of allow-tags', docs: 'annotations.md#filters' },
  platforms: {
    severity: 'warning',
    text: 'A platform that no image has, or one that nothing checks',
    docs: 'annotations.md#platforms',
  },
  'verify-platform': { severity: 'error', text: 'Neither true nor false', docs: 'annotations.md#platforms' },
  downgrade: { severity: 'error', text: 'Another word than allow', docs: 'annotations.md#all-keys' },
  'build-date': {
    severity: 'error',
    text: 'Neither created nor annotation, or a strategy that asks for no dates',
    docs: 'annotations.md#all-keys',
  },
  'helm.image-name': { severity: 'error', text: 'No key of Helm values', docs: 'annotations.md#all-keys' },
  'helm.image-tag': { severity: 'error', text: 'No key of Helm values', docs: 'annotations.md#all-keys' },
  'helm.image-spec': { severity: 'error', text: 'No key of Helm values', docs: 'annotations.md#all-keys' },
  'helm.image-digest': {
    severity: 'error',
    text: 'No key of Helm values',
    docs: 'versions.md#what-is-written',
  },
  'kustomize.image-name': {
    severity: 'error',
    text: 'No name of an image',
    docs: 'write-back.md#kustomization',
  },
  'manifests.path': {
    severity: 'warning',
    text: 'Without effect: no image has the alias',
    docs: 'write-back.md#manifests',
  },
  'manifests.name': {
    severity: 'warning',
    text: 'Without effect: no image has the alias',
    docs: 'write-back.md#manifests',
  },
  hold: {
    severity: 'error',
    text: 'Neither true nor false nor fields such as until=2026-12-01',
    docs: 'policies.md#holds-in-annotations',
  },
  pin: { severity: 'error', text: 'Neither a tag nor a digest', docs: 'policies.md#pins' },
  'skip-tags': {
    severity: 'error',
    text: 'An item that is neither a tag nor a digest',
    docs: 'policies.md#skipped-tags',
  },
  rollback: { severity: 'error', text: 'Neither respect nor override', docs: 'policies.md#rollbacks' },
  'min-age': { severity: 'error', text: 'No duration, or one above 366d', docs: 'policies.md#age' },
  'min-age-from': { severity: 'error', text: 'Neither first-seen nor pushed', docs: 'policies.md#age' },
  window: {
    severity: 'error',
    text: 'An entry that cannot be read, a zone that there is not, or a schedule that never comes',
    docs: 'policies.md#windows',
  },
  interval: { severity: 'error', text: 'No duration, or one above 366d', docs: 'policies.md#intervals' },
  group: {
    severity: 'error',
    text: 'No name of a group, or one that contradicts group-by',
    docs: 'policies.md#groups',
  },
  'group-by': {
    severity: 'error',
    text: 'Neither tag nor version nor label:<name>, or without effect',
    docs: 'policies.md#groups',
  },
  'group-min': {
    severity: 'error',
    text: 'No number from 1 to 1000, or without effect',
    docs: 'policies.md#groups',
  },
  'promote-from': {
    severity: 'error',
    text: 'No list of Applications as <namespace>/<name>',
    docs: 'policies.md#promotion',
  },
  'min-healthy': { severity: 'error', text: 'No duration of at least 1m', docs: 'policies.md#promotion' },
  quarantine: { severity: 'error', text: 'No duration of at most 24h', docs: 'policies.md#quarantine' },
  rollout: {
    severity: 'error',
    text: 'Neither one-first nor a number nor a share such as 25%',
    docs: 'policies.md#rollout',
  },
  'rollout-order': { severity: 'error', text: 'No number from 0 to 999', docs: 'policies.md#rollout' },
  'commit-group': { severity: 'error', text: 'No name of a group', docs: 'policies.md#groups' },
  'max-commits-per-hour': {
    severity: 'error',
    text: 'No number from 1 to 10000',
    docs: 'policies.md#limits',
  },
} as const satisfies Record<AnnotationKey, Rule>;

const otherRules = {
  'unknown-key': {
    severity: 'error',
    text: 'An annotation under the prefix that nothing reads: misspelt, or for an alias that there is not',
    docs: 'annotations.md#all-keys',
  },
  deprecated: { severity: 'note', text: 'An older name, which works', docs: 'annotations.md#strategies' },
  'duplicate-annotation': {
    severity: 'error',
    text: 'The same key twice: one of them is lost, or the object is refused',
    docs: 'annotations.md#all-keys',
  },
  'application-shape': {
    severity: 'error',
    text: 'A field of an Application of another type than it has, such as an annotation that is no text',
    docs: 'validate.md#what-is-looked-at',
  },
  'application-source': {
    severity: 'error',
    text: 'A source that cannot be written, or of which nothing tells where',
    docs: 'annotations.md#which-source',
  },
  'not-processed': {
    severity: 'warning',
    text: 'An Application that is left alone: its source cannot be written',
    docs: 'write-back.md#targets',
  },
  'duplicate-object': {
    severity: 'error',
    text: 'Two objects of one kind and name: the first one counts',
    docs: 'validate.md#what-is-looked-at',
  },
  'yaml-syntax': { severity: 'error', text: 'No valid YAML', docs: 'validate.md#what-is-looked-at' },
  'unrendered-template': {
    severity: 'note',
    text: 'A template of a chart: render it, and give the result',
    docs: 'validate.md#what-is-looked-at',
  },
  'unreadable-file': {
    severity: 'error',
    text: 'A file or folder that is not there, or above the limits',
    docs: 'validate.md#what-is-looked-at',
  },
  'registries-conf': {
    severity: 'error',
    text: 'A mistake in registries.conf: an unknown key, a wrong type, two defaults, …',
    docs: 'configuration.md#registriesconf',
  },
  'config-map-key': {
    severity: 'warning',
    text: 'A key of the ConfigMap that nothing reads',
    docs: 'configuration.md#flags-variables-and-configmap-keys-of-run',
  },
  'config-map-value': {
    severity: 'error',
    text: 'A value of the ConfigMap that cannot be read',
    docs: 'configuration.md#flags-variables-and-configmap-keys-of-run',
  },
  secret: {
    severity: 'error',
    text: 'A Secret of a repository whose data are not base64 of texts',
    docs: 'credentials.md#fields',
  },
  'commit-template': {
    severity: 'error',
    text: 'A template of commit messages that cannot be read, or asks for a field that there is not',
    docs: 'write-back.md#commit-messages',
  },
  'target-file': {
    severity: 'error',
    text: 'With --repo: a target that is not there, or cannot be edited',
    docs: 'write-back.md#targets',
  },
  'target-key': {
    severity: 'warning',
    text: 'With --repo: a key that is written without effect, or would be made though another was meant',
    docs: 'write-back.md#helmvalues',
  },
} as const satisfies Record<string, Rule>;

export const rules = { ...annotationRules, ...otherRules } as const;

export type RuleId = keyof typeof rules;

const wideKeys: readonly AnnotationKey[] = [
  ...applicationKeys,
  ...sharedKeys,
  ...applicationPolicyKeys,
  ...imagePolicyKeys,
];
const imageKeys: readonly AnnotationKey[] = [...sharedKeys, ...imageOnlyKeys, ...imagePolicyKeys];

/** The rule about an annotation, given without prefix. */
export function ruleOfAnnotation(annotation: string): RuleId {
  const wide = wideKeys.find((key) => key === annotation);
  return wide ?? imageKeys.find((key) => annotation.endsWith(`.${key}`)) ?? 'unknown-key';
}
