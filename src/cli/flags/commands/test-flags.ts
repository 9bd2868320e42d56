/** The flags of `test`. */
import { booleanFlag, choiceFlag, type FlagTable, integerFlag, listFlag, textFlag } from '../flag.ts';
import { logLevels, sharedFlags } from '../groups/shared-flags.ts';

export const testFlags = {
  'semver-constraint': textFlag({
    placeholder: 'constraint',
    fallback: '',
    help: 'version constraint of the image',
  }),
  'allow-tags': textFlag({
    placeholder: 'match',
    fallback: '',
    help: 'tags that may be used: `regexp:<pattern>` or `any`',
  }),
  'ignore-tags': listFlag({
    placeholder: 'glob',
    fallback: [],
    help: 'tags that are left out (repeatable)',
  }),
  'update-strategy': textFlag({
    placeholder: 'strategy',
    fallback: 'semver',
    help: '`semver`, `newest-build`, `alphabetical`, `digest` or `numeric`',
  }),
  platforms: listFlag({
    placeholder: 'os/arch',
    separator: ',',
    fallback: [],
    help: 'platforms that an image must have',
    otherwise: "the machine's",
  }),
  credentials: textFlag({
    placeholder: 'source',
    fallback: '',
    help: 'credentials, as in the annotation [`pull-secret`](credentials.md#registries)',
  }),
  applications: listFlag({
    placeholder: 'path',
    fallback: [],
    help: 'read Secrets and registries from manifest files instead of a cluster (repeatable)',
    details:
      '`registries.conf` of the ConfigMap `argocd-image-updater-config` counts where no path of one is given',
  }),
  'registries-conf-path': textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'registries file; empty for the built-in registries only',
  }),
  'rate-limit': integerFlag({
    fallback: 20,
    min: 1,
    max: 1_000_000,
    help: "requests per second; if absent, the registry's own setting counts",
  }),
  ...sharedFlags,
  loglevel: choiceFlag({
    words: logLevels,
    fallback: 'warn',
    help: '`error`: no warnings; `debug`: tell of requests too',
  }),
  'disable-kubernetes-events': booleanFlag({
    fallback: false,
    help: 'without effect: test writes no Events',
  }),
} satisfies FlagTable;
