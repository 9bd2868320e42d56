/** Flags of commits and of git itself. */
import { booleanFlag, choiceFlag, durationFlag, type FlagTable, sizeFlag, textFlag } from '../flag.ts';

const second = 1000;

export const gitFlags = {
  'git-commit-user': textFlag({
    placeholder: 'name',
    fallback: 'argocd-image-updater',
    help: 'author and committer of commits',
    variable: 'GIT_COMMIT_USER',
  }),
  'git-commit-email': textFlag({
    placeholder: 'address',
    fallback: 'noreply@argoproj.io',
    help: 'their mail address',
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
    help: 'add a `Signed-off-by` line',
    variable: 'GIT_COMMIT_SIGN_OFF',
  }),
  'git-commit-trailers': booleanFlag({
    fallback: false,
    help: 'end messages with [trailers](write-back.md#commit-messages) that name Application, rule and digest',
  }),
  'git-commit-message-path': textFlag({
    placeholder: 'path',
    fallback: '/app/config/commit.template',
    help: '[template of commit messages](write-back.md#commit-messages)',
    details: '; missing or empty: the default',
  }),
  'git-commit-group-message-path': textFlag({
    placeholder: 'path',
    fallback: '/app/config/commit-group.template',
    help: '[template of messages](write-back.md#commit-messages) of commits that several Applications share',
    details: '; missing or empty: the default',
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
    details:
      'It is in `--cache-dir`; a mirror that has grown to it is made anew, and what brings more at once is ended and fails, with this flag in its message',
  }),
  'git-commit-method': choiceFlag({
    words: ['git', 'api'],
    fallback: 'git',
    help: 'how commits are made',
    variable: 'GIT_COMMIT_METHOD',
    inert: true,
  }),
} satisfies FlagTable;
