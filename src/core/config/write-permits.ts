/** What the rules of tenants say of a login and of the files that are to be written. */
import type { Outcome } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';
import { foreignSecret, mayName, type TenantRules } from '../tenants/tenant-rules.ts';
import { type WrittenPlace, writeRefusal } from '../tenants/write-paths.ts';
import type { Application } from './application.ts';
import { applicationValue, refuseAnnotation } from './keys/annotation-values.ts';
import type { Warning } from './tracked-image.ts';
import type { GitCredentialSource } from './keys/write-back-method.ts';
import type { WriteTarget } from './write-target.ts';

/** A login that nobody has limited, of a Secret that is somebody else's (11-S2). */
export function loginWarnings(
  { annotations, namespace }: Application,
  { credentials }: { readonly credentials: GitCredentialSource },
  tenants: TenantRules,
): readonly Warning[] {
  if (credentials.kind !== 'secret' || mayName(credentials, namespace, tenants) !== 'unlimited') return [];
  const foreign = foreignSecret(credentials.namespace, namespace);
  if (foreign === undefined) return [];
  const annotation = 'write-back-method';
  const value = quoted(applicationValue(annotations, annotation)?.trim() ?? '');
  const message = `${annotation} ${value}: ${foreign}, or use git:repocreds with a repository Secret of Argo CD`;
  return [{ message, annotation }];
}

export function tenantRefusal(
  { annotations, namespace }: Application,
  credentials: GitCredentialSource,
  target: WriteTarget,
  tenants: TenantRules,
): Outcome<never> | undefined {
  const login = credentials.kind === 'secret' ? mayName(credentials, namespace, tenants) : 'allowed';
  if (typeof login !== 'string') {
    const method = applicationValue(annotations, 'write-back-method') ?? '';
    return refuseAnnotation('write-back-method', method, login.refusal);
  }
  const refusal = writeRefusal(tenants.writePaths, namespace, writtenPlace(target));
  if (refusal === undefined) return undefined;
  return refuseAnnotation(
    'write-back-target',
    applicationValue(annotations, 'write-back-target') ?? '',
    refusal,
  );
}

function writtenPlace(target: WriteTarget): WrittenPlace {
  if (target.kind === 'manifests') return { kind: 'all-of', paths: target.paths };
  const path = target.kind === 'kustomization' ? `${target.directory}/kustomization.yaml` : target.path;
  return { kind: 'file', path };
}
