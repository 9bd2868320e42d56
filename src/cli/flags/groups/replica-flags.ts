/** Flags of replicas, and of how many work at once in 0.18 and 1.x. */
import { booleanFlag, type FlagTable, integerFlag, textFlag } from '../flag.ts';

export const replicaFlags = {
  'leader-election': booleanFlag({ fallback: false, help: 'of several replicas one works, by a Lease' }),
  'leader-election-namespace': textFlag({
    placeholder: 'namespace',
    fallback: '',
    help: 'namespace of the Lease',
    details: '; needed outside of a cluster where the context of the kubeconfig names none',
    otherwise: 'own namespace',
  }),
  'leader-election-id': textFlag({
    placeholder: 'name',
    fallback: 'c21b75f2.argoproj.io',
    help: 'name of the Lease: one for all replicas that work on the same Applications',
  }),
  'max-concurrent-apps': integerFlag({
    fallback: 10,
    min: 1,
    max: 100,
    help: 'Applications worked on at once',
    variable: 'MAX_CONCURRENT_APPS',
    inert: true,
  }),
  'max-concurrent-reconciles': integerFlag({
    fallback: 1,
    min: 1,
    max: 10,
    help: 'custom resources worked on at once',
    variable: 'MAX_CONCURRENT_RECONCILES',
    inert: true,
  }),
} satisfies FlagTable;
