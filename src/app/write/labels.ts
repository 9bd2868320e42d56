/** Labels of changed images, for commit templates that use them. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { labelsNeedOf } from '../../core/decide/needs.ts';
import type { GitIntention } from '../../core/plan.ts';
import type { EndpointTable } from '../../core/registries/registries.ts';
import { type Template, templateUses } from '../../core/template/template.ts';
import type { Ask } from '../read/ask.ts';
import type { ChangeLabels, LabelsOf } from './branch/context.ts';

/** Undefined where the template uses no labels: then nobody is asked. */
export function labelReader(
  ask: Ask,
  { endpoints, commitTemplate }: { readonly endpoints: EndpointTable; readonly commitTemplate: Template },
): LabelsOf | undefined {
  if (!templateUses(commitTemplate, 'Labels')) return undefined;
  return (intention) => readLabels(intention, ask, endpoints);
}

async function readLabels(
  { updates }: GitIntention,
  ask: Ask,
  endpoints: EndpointTable,
): Promise<Outcome<ChangeLabels>> {
  const labels: Readonly<Record<string, string>>[] = [];
  for (const { image, to } of updates) {
    const answer = await ask(labelsNeedOf(image, to, endpoints));
    if (!answer.ok) return answer;
    labels.push(answer.value.kind === 'labels' ? answer.value.labels : {});
  }
  return succeed(labels);
}
