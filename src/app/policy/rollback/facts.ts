/** What judging a rollback needs to know of an image: its rules, its dates, and how our messages read. */
import { optionalProperty } from '../../../core/base/optional-property.ts';
import { cleanCommitMessage, tryCommitMessage } from '../../../core/commit-message.ts';
import { mayStay } from '../../../core/decide/downgrade.ts';
import { fullName, shortVersion } from '../../../core/image/image.ts';
import type { KeyPlace } from '../../../core/policy/rollback/lines/change-line.ts';
import type { ImageVersion } from '../../../core/policy/rollback/lines/image-version.ts';
import type { KeyFacts } from '../../../core/policy/rollback/key-facts.ts';
import type { Template } from '../../../core/template/template.ts';
import type { Instant } from '../../../core/version/instant.ts';
import { tagRule } from '../../../core/version/tag-rule.ts';
import { deployedCommits, type Remembered, wroteBefore } from './remembered.ts';
import type { RollbackSubject } from './subject.ts';

/** What others remember, or have been told. Absent: nothing. */
export interface RollbackMemory {
  /** Build date of a tag that the registry lists, for newest-build. */
  readonly createdOf?: (subject: RollbackSubject, tag: string) => Instant | undefined;
  /** What policies remember: its lines `wrote` count. */
  readonly remembered?: Remembered;
  readonly commitTemplate: Template;
}

/** `held`: what stands at the place. */
export function keyFacts(
  subject: RollbackSubject,
  place: KeyPlace,
  held: ImageVersion,
  memory: RollbackMemory,
): KeyFacts {
  const { image, policies } = subject;
  return {
    place,
    held,
    strategy: image.strategy,
    admits: admission(image, policies),
    createdOf: (tag) => memory.createdOf?.(subject, tag),
    traces: {
      application: subject.config.app.name,
      messageOf: (from, to) => messageOf(subject, memory.commitTemplate, from, to),
    },
    resumed: policies.resumed ?? [],
    ...optionalProperty('wrote', wroteBefore(subject, place, memory.remembered)),
    deployed: deployedCommits(subject),
  };
}

/** What is excluded by a rule is not waited for, though the registry may list it no more. */
function admission(
  image: RollbackSubject['image'],
  { skips = [] }: RollbackSubject['policies'],
): (version: ImageVersion) => boolean {
  const rule = tagRule(image.filter);
  const skipped = new Set(skips.flatMap(({ value }) => value.map(({ version }) => version)));
  return ({ tag, digest }) => {
    if ([tag, digest].some((part) => part !== undefined && skipped.has(part))) return false;
    if (tag === undefined || image.strategy.kind === 'digest') return true;
    return mayStay(image, tag) && rule.ok && rule.value(tag) === undefined;
  };
}

/** Of a commit that changes this image alone. */
function messageOf(
  { config: { app }, image }: RollbackSubject,
  template: Template,
  from: ImageVersion | undefined,
  to: ImageVersion,
): string | undefined {
  const { alias, ref } = image;
  const versions = { oldTag: from === undefined ? '' : shortVersion(from), newTag: shortVersion(to) };
  const change = { alias, name: ref.name, fullName: fullName(ref), ...versions };
  const data = { appName: app.name, appNamespace: app.namespace, changes: [change] };
  const rendered = tryCommitMessage(template, data);
  return rendered.ok ? cleanCommitMessage(rendered.value) : undefined;
}
