/** What each annotation may be, in Markdown: the tables of the documentation and the JSON Schema are made from it. */
import type { ApplicationKey, ImageOnlyKey, SharedKey } from './annotation-keys.ts';
import type { PolicyKey } from './policy-keys.ts';

export type AnnotationKey = ApplicationKey | SharedKey | ImageOnlyKey | PolicyKey;

interface AnnotationTexts {
  readonly value: string;
  /** What counts where it is not given. */
  readonly fallback: string;
}

export const annotationTexts: Readonly<Record<AnnotationKey, AnnotationTexts>> = {
  'image-list': { value: '`[alias=]image[:constraint]`, parted by commas', fallback: 'required' },
  'write-back-method': {
    value: '`argocd`, `git`, `git:repocreds`, `git:secret:<namespace>/<name>`',
    fallback: '`argocd`',
  },
  'write-back-target': {
    value: '`helmvalues[:file]`, `kustomization[:folder]`, `manifests[:paths]`, or a file',
    fallback: '`.argocd-source-<app>.yaml`',
  },
  'write-back-source': {
    value: 'name of a source, or its position from 0, in `spec.sources`',
    fallback: '[chosen by type](annotations.md#which-source)',
  },
  'git-branch': {
    value:
      '`<base>`, `<base>:<write>`, `:<write>`; the branch that is written is a [template](write-back.md#branch-and-repository)',
    fallback: '`targetRevision` of the source',
  },
  'git-repository': { value: 'URL of a Git repository', fallback: '`repoURL` of the source' },
  'git-commit-trailers': {
    value: '`true`, `false`: [trailers](write-back.md#commit-messages) in commit messages',
    fallback: 'as `--git-commit-trailers` says',
  },
  'commit-group': { value: 'name: Applications that [share a commit](policies.md#groups)', fallback: 'none' },
  'max-commits-per-hour': {
    value: '`1` to `10000`: [limit](policies.md#limits) of commits',
    fallback: 'no limit',
  },
  'update-strategy': {
    value:
      '`semver`, `newest-build`, `alphabetical`, `digest`, `numeric`: [how to choose](annotations.md#strategies); older names are `latest`, `name`',
    fallback: '`semver`',
  },
  'allow-tags': { value: '`any`, or `regexp:` and an RE2 pattern', fallback: '`any`' },
  'ignore-tags': { value: 'globs, parted by commas', fallback: 'none' },
  'force-update': {
    value: '`true`, `false`: write what Argo CD does not report as running',
    fallback: '`false`',
  },
  'pull-secret': {
    value: '`pullsecret:`, `secret:`, `env:` or `ext:` source, see [Credentials](credentials.md)',
    fallback: 'those of the registry',
  },
  prerelease: {
    value: '`allow`, `deny`, or identifiers parted by commas, see [Pre-releases](versions.md#pre-releases)',
    fallback: '`allow`',
  },
  'version-group': {
    value:
      'group of the pattern of `allow-tags` that holds the [version](versions.md#a-version-inside-a-tag)',
    fallback: 'the whole tag',
  },
  'strict-semver': {
    value: '`true`, `false`: only versions of [three numbers](versions.md#three-numbers)',
    fallback: '`false`',
  },
  'keep-variant': {
    value: '`true`, `false`: only tags of the [variant](versions.md#variants) that runs',
    fallback: '`false`',
  },
  'write-format': {
    value: '`tag`, `digest`, `tag@digest`: [what is written](versions.md#what-is-written)',
    fallback: '`tag`; with a digest to follow or a key for it, `tag@digest`',
  },
  'on-moved-tag': {
    value: '`warn`, `follow`, `hold`: what a [tag that was pushed again](versions.md#moved-tags) comes to',
    fallback: '`warn`',
  },
  hold: {
    value: '`true`, `false`, or `until=… reason=…`: [nothing is written](policies.md#holds-in-annotations)',
    fallback: '`false`',
  },
  pin: {
    value: 'tag, digest or `<tag>@<digest>`: [this version](policies.md#pins) and no other',
    fallback: 'none',
  },
  'skip-tags': {
    value: 'tags and digests, with reasons behind `#`, that are [never written](policies.md#skipped-tags)',
    fallback: 'none',
  },
  rollback: {
    value: '`respect`, `override`: what a [version taken back in Git](policies.md#rollbacks) comes to',
    fallback: '`override`',
  },
  'min-age': { value: 'duration: [how old](policies.md#age) a version has to be', fallback: 'none' },
  'min-age-from': {
    value: '`first-seen`, `pushed`: where its [age](policies.md#age) begins',
    fallback: '`first-seen`',
  },
  window: {
    value: '`argocd`, `allow "…" …`, `deny "…" …`: [when](policies.md#windows) writing is open',
    fallback: 'always',
  },
  interval: {
    value: 'duration: [how often](policies.md#intervals) at most',
    fallback: 'as `--interval` says',
  },
  group: {
    value:
      'name, with `/tag`, `/version` or `/label:<name>` behind it: images that [move together](policies.md#groups)',
    fallback: 'none',
  },
  'group-by': {
    value: '`tag`, `version`, `label:<name>`: what makes members of a [group](policies.md#groups) equal',
    fallback: '`tag`',
  },
  'group-min': {
    value: '`1` to `1000`: members that a [group](policies.md#groups) has to have',
    fallback: '`2`',
  },
  'promote-from': {
    value:
      '`<namespace>/<application>[/<alias>]`, parted by commas: where a version has to be [healthy first](policies.md#promotion)',
    fallback: 'none',
  },
  'min-healthy': { value: 'duration: [how long](policies.md#promotion)', fallback: '`10m`' },
  quarantine: {
    value: 'duration, at most `24h`: how long a written version is [watched](policies.md#quarantine)',
    fallback: 'none',
  },
  rollout: {
    value: '`one-first`, number or share: [how many go first](policies.md#rollout)',
    fallback: 'all',
  },
  'rollout-order': { value: '`0` to `999`: [who goes first](policies.md#rollout)', fallback: '`500`' },
  'tag-match': { value: 'deprecated name of `allow-tags`, read where that is not given', fallback: 'none' },
  platforms: {
    value: '`os/arch[/variant]`, parted by commas',
    fallback: '`linux` and the architecture of the machine',
  },
  'verify-platform': {
    value:
      '`true`, `false`: the choice must be an image for one of the `platforms`, else the next one is taken',
    fallback: '`false`',
  },
  downgrade: {
    value: '`allow`: follow a registry that lists the running version no more',
    fallback: 'it is kept',
  },
  'build-date': {
    value: '`created`, `annotation`: which date counts for `newest-build`',
    fallback: 'whichever is plausible',
  },
  'helm.image-name': { value: 'Helm parameter or key path that gets the name', fallback: '`image.name`' },
  'helm.image-tag': { value: 'Helm parameter or key path that gets the tag', fallback: '`image.tag`' },
  'helm.image-spec': {
    value: 'Helm parameter or key path that gets name and tag in one; wins over the other two',
    fallback: 'none',
  },
  'helm.image-digest': {
    value: 'Helm parameter or key path that gets the [digest](versions.md#what-is-written)',
    fallback: 'none',
  },
  'kustomize.image-name': {
    value: 'name under which the kustomization knows the image',
    fallback: 'the image itself',
  },
  'manifests.path': {
    value: 'key path of the image in custom resources, for the target `manifests`',
    fallback: 'none',
  },
  'manifests.name': { value: 'only containers of this name, for the target `manifests`', fallback: 'all' },
};
