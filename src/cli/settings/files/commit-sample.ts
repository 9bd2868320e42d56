/** What a commit message template is tried with. */
import type { CommitMessageData, GroupMessageData } from '../../../core/commit-message.ts';
import type { ImageChange } from '../../../core/plan.ts';

/** The samples of 0.18: one tag, one digest. */
export const commitSample: CommitMessageData = {
  appName: 'example-app',
  appNamespace: 'argocd',
  changes: [
    change('example/example', '1.0.0', '1.0.1'),
    change('example/updater', `sha256:${'01'.repeat(32)}`, `sha256:${'ab'.repeat(32)}`),
  ],
};

/** Two Applications of one commit. */
export const groupSample: GroupMessageData = {
  group: 'example-group',
  apps: [commitSample, { ...commitSample, appName: 'other-app' }],
};

function change(name: string, oldTag: string, newTag: string): ImageChange {
  return { alias: '', name, fullName: `gcr.io/${name}`, oldTag, newTag };
}
