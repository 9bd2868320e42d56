/** What the edges tell, as lines for those who ask with `--loglevel trace`. */
import type { Observation } from '../../ports/observation.ts';
import type { LogLine } from './cycle-log.ts';

/** None where nothing was done. */
export function observationLines(observation: Observation): readonly LogLine[] {
  const message = messageOf(observation);
  if (message === undefined) return [];
  const { kind: _kind, ...fields } = observation;
  return [{ level: 'trace', message, fields }];
}

function messageOf(observation: Observation): string | undefined {
  switch (observation.kind) {
    case 'registry-request':
      return 'Registry request';
    case 'registry-hold':
      return observation.hold === undefined ? 'Registry is asked again' : 'Registry is held back';
    case 'registry-memory':
      return undefined;
    case 'git-command':
      return 'Git command';
    case 'kubernetes-request':
      return 'Kubernetes request';
    case 'argocd-request':
      return 'Argo CD request';
  }
}
