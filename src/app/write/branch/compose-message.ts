/** The message of a commit of one application, or of several that are written together. */
import {
  cleanCommitMessage,
  failedGroupTitle,
  failedTemplateTitle,
  tryCommitMessage,
  tryGroupMessage,
  withTrailers,
} from '../../../core/commit-message.ts';
import type { Outcome } from '../../../core/base/outcome.ts';
import type { GitIntention } from '../../../core/plan.ts';
import { applicationTrailer, commitTrailers, hasTrailers, personTrailer } from './commit-trailers.ts';
import type { ChangeLabels, WriteContext } from './context.ts';

export type MessageStyle = Pick<
  WriteContext,
  'commitTemplate' | 'groupTemplate' | 'commitTrailers' | 'onBehalfOf'
>;

export interface MessageMember {
  readonly intention: GitIntention;
  readonly labels: ChangeLabels | undefined;
  /** Lines that say what is changed at each key. */
  readonly changes: readonly string[] | undefined;
}

export interface ComposedMessage {
  readonly message: string;
  readonly problem?: string;
}

export function messageOf(members: readonly MessageMember[], style: MessageStyle): ComposedMessage {
  const rendered = renderedMessage(members, style);
  const trailers = members.flatMap((member) => trailersOf(member, style));
  const person = style.onBehalfOf === undefined ? [] : [personTrailer(style.onBehalfOf)];
  return { ...rendered, message: withTrailers(rendered.message, [...trailers, ...person]) };
}

function trailersOf({ intention, changes }: MessageMember, style: MessageStyle): readonly string[] {
  const asked = hasTrailers(intention, style)
    ? commitTrailers(intention)
    : changes === undefined
      ? []
      : [applicationTrailer(intention.key)];
  return [...asked, ...(changes ?? [])];
}

function renderedMessage(
  members: readonly MessageMember[],
  { commitTemplate, groupTemplate }: MessageStyle,
): ComposedMessage {
  const [first, ...others] = members.map(dataOf);
  const name = members[0]?.intention.together?.name;
  if (first === undefined) throw new Error('a commit of nobody');
  const isGroup = name !== undefined && others.length > 0;
  const rendered: Outcome<string> = isGroup
    ? tryGroupMessage(groupTemplate, { group: name, apps: [first, ...others] })
    : tryCommitMessage(commitTemplate, first);
  if (rendered.ok) return { message: cleanCommitMessage(rendered.value) };
  const title = isGroup ? failedGroupTitle(name) : failedTemplateTitle(first.appName);
  const problem = `the template of commit messages fails: ${rendered.failure.message}; the message is "${title}"`;
  return { message: cleanCommitMessage(title), problem };
}

function dataOf({ intention: { app, changes }, labels }: MessageMember) {
  return {
    appName: app.name,
    appNamespace: app.namespace,
    changes:
      labels === undefined ? changes : changes.map((change, i) => ({ ...change, labels: labels[i] ?? {} })),
  };
}
