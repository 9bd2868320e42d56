/** Flags of the files and folders that every cycle reads and writes. */
import { type FlagTable, textFlag } from '../flag.ts';

export const fileFlags = {
  'registries-conf-path': textFlag({
    placeholder: 'path',
    fallback: '/app/config/registries.conf',
    help: 'registries file; empty for the built-in registries only',
    details:
      "[What is in it](configuration.md#registriesconf); a missing file means the same as an empty path. With `--applications` and no path given, a missing file is looked for in the manifests: `registries.conf` of the ConfigMap `argocd-image-updater-config` in Argo CD's namespace",
  }),
  'cache-dir': textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'folder for Git mirrors, registry facts and what policies remember; may be deleted at any time',
    details:
      '[What is in it](configuration.md#files); without a cluster the ages of `min-age` begin anew when it is gone',
    otherwise: "`tidewaiter` in the system's temporary folder",
  }),
} satisfies FlagTable;
