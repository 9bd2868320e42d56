/** Policies of one cycle, with the ports that they read. */
import type { AppConfig } from '../core/config/annotations.ts';
import { configFailure, fail, succeed } from '../core/base/outcome.ts';
import { settle } from '../core/base/settle.ts';
import { candidateNeedOf, labelsNeedOf } from '../core/decide/needs.ts';
import { type ImageRef, withVersion } from '../core/image/image.ts';
import { clockVerdict } from '../core/policy/clock.ts';
import { versionIdentity } from '../core/policy/stage/identity.ts';
import type { ClusterCycle } from '../ports/cluster.ts';
import type { IdentityOf } from './policy/together/group-member.ts';
import type { DigestOf } from './policy/judge/judges.ts';
import type { KeptPolicies } from './policy/kept-policies.ts';
import { type OpenPolicies, openPolicies } from './policy/open-policies.ts';
import { noPolicies } from './policy/judge/policies.ts';
import type { Ask } from './read/ask.ts';
import type { ObserveContext } from './read/repository-question.ts';
import type { Scope } from './trigger/trigger.ts';
import type { CycleOptions, World } from './world.ts';

export interface CyclePoliciesContext {
  readonly world: World;
  readonly options: Pick<CycleOptions, 'policies' | 'endpoints' | 'commitTemplate'>;
  readonly cluster: ClusterCycle;
  readonly kept: { readonly policies?: KeptPolicies | undefined };
  readonly scope: Scope;
  readonly ask: Ask;
  readonly reading: ObserveContext;
  readonly unlisted?: string | undefined;
}

export async function openCyclePolicies(
  configs: readonly AppConfig[],
  { world, options, cluster, kept, scope, ask, reading, unlisted }: CyclePoliciesContext,
): Promise<OpenPolicies> {
  const { policies: wishes, endpoints } = options;
  if (wishes === undefined || kept.policies === undefined) return withoutAny;
  const { administration } = kept.policies;
  const namespace = world.cluster.ownNamespace ?? cluster.argocdNamespace;
  // a reader asks once: each of these is to be a new question
  const openReader = () => world.cluster.openCycle().secrets;
  const questions = { ask, endpoints };
  return openPolicies(configs, {
    wishes,
    kept: kept.policies,
    clock: world.clock,
    administration: await administration.read(openReader, namespace),
    readHolds: () => administration.readHolds(openReader, namespace),
    clockVerdict: () => clockVerdict(cluster.clockReading() ?? world.registry.clockReading?.()),
    outside: outsideOf(cluster, reading.signal),
    reading,
    cluster,
    isScheduled: scope.kind === 'all',
    digestOf: digestReader(questions),
    commitTemplate: options.commitTemplate,
    identityOf: identityReader(questions),
    unlisted,
  });
}

const withoutAny: OpenPolicies = {
  ...noPolicies,
  companions: [],
  warnings: [],
  close: () => Promise.resolve({ warnings: [], splits: [] }),
};

interface Questions {
  readonly ask: Ask;
  readonly endpoints: CycleOptions['endpoints'];
}

function digestReader({ ask, endpoints }: Questions): DigestOf {
  return async ({ image }, tag) => {
    const candidate = withVersion(image.ref, { tag });
    const checksPlatform = image.verifyPlatform;
    const answer = await ask(candidateNeedOf(image, { candidate, checksPlatform }, endpoints));
    if (!answer.ok) return answer;
    return answer.value.kind === 'digest' ? succeed(answer.value.digest) : fail(configFailure('no digest'));
  };
}

function identityReader({ ask, endpoints }: Questions): IdentityOf {
  return async ({ image }, version, by) => {
    if (by.kind !== 'label') return versionIdentity(version, by);
    const chosen: ImageRef = withVersion(image.ref, { tag: version.tag, digest: version.digest });
    const answer = await ask(labelsNeedOf(image, chosen, endpoints));
    return answer.ok && answer.value.kind === 'labels' ? answer.value.labels[by.label] : undefined;
  };
}

function outsideOf(
  cluster: ClusterCycle,
  signal: AbortSignal,
): Parameters<typeof openPolicies>[1]['outside'] {
  return {
    windowsOfProject: (project) => settle(() => cluster.projects.syncWindows(project)),
    application: (namespace, name) => settle(() => cluster.application(namespace, name, signal)),
    targetOf: ({ name, destination = {} }) => ({ name, destination }),
  };
}
