/** What the edges tell, as lines for those who ask with `--loglevel trace`. */
import type { Observation } from '../../ports/observation.ts';
import type { LogLine } from './cycle-log.ts';

const messages: Readonly<Record<Observation['kind'], string>> = {
  'registry-request': 'Registry request',
  'registry-hold': 'Registry held back',
  'git-command': 'Git command',
  'kubernetes-request': 'Kubernetes request',
  'argocd-request': 'Argo CD request',
};

export function observationLine({ kind, ...fields }: Observation): LogLine {
  return { level: 'trace', message: messages[kind], fields };
}
