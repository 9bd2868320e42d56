/** Flags of what the cluster and Argo CD are told beside the writes. */
import { booleanFlag, choiceFlag, type FlagTable } from '../flag.ts';

export const tellingFlags = {
  'disable-kube-events': booleanFlag({
    fallback: false,
    help: 'write no Kubernetes Events (the variable, too, disables when `true`)',
    details: ', and so does the key',
    variable: 'IMAGE_UPDATER_KUBE_EVENTS',
  }),
  'disable-failure-events': booleanFlag({
    fallback: false,
    help: 'write no [Events about what fails or is withheld](troubleshooting.md#events)',
    details: '; those about updates stay',
  }),
  'refresh-after-push': booleanFlag({
    fallback: false,
    help: 'ask Argo CD to look at an Application [as soon as its commit is pushed](write-back.md#when-argo-cd-looks)',
    variable: 'IMAGE_UPDATER_REFRESH_AFTER_PUSH',
  }),
  'notification-annotations': choiceFlag({
    words: ['off', 'own', 'all'],
    fallback: 'off',
    help: 'annotate Applications [for Argo CD Notifications](notifications.md); `own`: not those of ApplicationSets',
    details: ', `all`: these too',
    variable: 'IMAGE_UPDATER_NOTIFICATION_ANNOTATIONS',
  }),
} satisfies FlagTable;
