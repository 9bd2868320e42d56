/** Flags of `template`: whose pending change it is rendered with, and where that Application is found. */
import { type FlagTable, textFlag } from '../flag.ts';
import { pickFlags } from '../pick-flags.ts';
import { runFlags } from './run-flags.ts';

/** Flags of `run` but the first. */
export const templateFlags = {
  app: textFlag({
    placeholder: 'namespace/name',
    fallback: '',
    help: 'render with the pending change of this Application, which is not written',
  }),
  ...pickFlags(runFlags, [
    'applications',
    'kubeconfig',
    'argocd-namespace',
    'registries-conf-path',
    'cache-dir',
  ]),
} satisfies FlagTable;
