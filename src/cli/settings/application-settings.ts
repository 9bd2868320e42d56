/** Which Applications, and where they are read from: flags -> settings. */
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { nonEmptyProperty } from '../../core/base/optional-property.ts';
import type { FlagValues } from '../flags/flag.ts';
import type { applicationFlags } from '../flags/groups/application-flags.ts';
import type { argocdFlags } from '../flags/groups/argocd-flags.ts';
import type { policyFlags } from '../flags/groups/policy-flags.ts';
import type { sharedFlags } from '../flags/groups/shared-flags.ts';
import { readApplicationNamespace } from './application-namespace.ts';

/** Where Applications are read from. */
export type ApplicationSource =
  /** `holds`: file of a ConfigMap beside them. */
  | { readonly kind: 'files'; readonly paths: readonly string[]; readonly holds?: string }
  | { readonly kind: 'kubernetes' }
  | {
      readonly kind: 'argocd';
      /** `host[:port]`, "" for the default. */
      readonly address: string;
      readonly token: string;
      readonly plaintext: boolean;
      readonly insecure: boolean;
    };

export interface ApplicationSettings {
  readonly source: ApplicationSource;
  /** False: neither Secrets nor ConfigMaps can be read. */
  readonly kubernetes: boolean;
  readonly kubeconfigPath?: string;
  readonly argocdNamespace?: string;
  readonly applicationNamespace?: string;
  readonly labelSelector?: string;
  readonly namePatterns: readonly string[];
}

type ApplicationValues = FlagValues<
  typeof applicationFlags & typeof argocdFlags & typeof sharedFlags & Pick<typeof policyFlags, 'holds'>
>;

export function readApplications(values: ApplicationValues): Outcome<ApplicationSettings> {
  const source = readSource(values);
  if (!source.ok) return source;
  const namespace = readApplicationNamespace(values);
  if (!namespace.ok) return namespace;
  return succeed({
    source: source.value,
    kubernetes: source.value.kind !== 'files' && !values['disable-kubernetes'],
    ...nonEmptyProperty('kubeconfigPath', values.kubeconfig),
    ...nonEmptyProperty('argocdNamespace', values['argocd-namespace']),
    ...nonEmptyProperty('applicationNamespace', namespace.value),
    ...nonEmptyProperty('labelSelector', values['match-application-label']),
    namePatterns: values['match-application-name'].filter((pattern) => pattern !== ''),
  });
}

function readSource(values: ApplicationValues): Outcome<ApplicationSource> {
  if (values.applications.length > 0)
    return succeed({ kind: 'files', paths: values.applications, ...nonEmptyProperty('holds', values.holds) });
  if (values.holds !== '')
    return fail(
      configFailure('--holds is read with --applications only: a cluster has the ConfigMap itself'),
    );
  if (values['applications-api'] === 'argocd') {
    return succeed({
      kind: 'argocd',
      address: values['argocd-server-addr'],
      token: values['argocd-auth-token'],
      plaintext: values['argocd-plaintext'],
      insecure: values['argocd-insecure'],
    });
  }
  if (values['disable-kubernetes']) {
    return fail(
      configFailure(
        '--disable-kubernetes leaves nothing to read Applications from: add --applications-api argocd or --applications <path>',
      ),
    );
  }
  return succeed({ kind: 'kubernetes' });
}
