/** Flags of `template`: whose pending change it is rendered with, and where that Application is found. */
import { type FlagTable, textFlag } from './flag.ts';
import { runFlags } from './run-flags.ts';

const {
  applications,
  'argocd-namespace': argocdNamespace,
  'cache-dir': cacheDirectory,
  kubeconfig,
  'registries-conf-path': registriesConfPath,
} = runFlags;

/** Flags of `run` but the first. */
export const templateFlags = {
  app: textFlag({
    placeholder: 'namespace/name',
    fallback: '',
    help: 'render with the pending change of this Application, which is not written',
  }),
  applications,
  kubeconfig,
  'argocd-namespace': argocdNamespace,
  'registries-conf-path': registriesConfPath,
  'cache-dir': cacheDirectory,
} satisfies FlagTable;
