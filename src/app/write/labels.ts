/** Labels of changed images, for commit templates that use them. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { labelsNeedOf } from '../../core/decide/needs.ts';
import type { GitIntention } from '../../core/plan.ts';
import type { EndpointTable } from '../../core/registries/registries.ts';
import { type Template, templateUses } from '../../core/template/template.ts';
import type { Ask } from '../read/ask.ts';
import type { ChangeLabels, LabelsOf } from './branch/context.ts';

interface LabelOptions {
  readonly endpoints: EndpointTable;
  readonly commitTemplate: Template;
  readonly groupTemplate: Template;
}

/** Undefined where the templates use no labels: then nobody is asked. */
export function labelReader(
  ask: Ask,
  { endpoints, commitTemplate, groupTemplate }: LabelOptions,
): LabelsOf | undefined {
  const isUsed = templateUses(commitTemplate, 'Labels');
  const isUsedTogether = isUsed || templateUses(groupTemplate, 'Labels');
  if (!isUsedTogether) return undefined;
  return async (intention) =>
    isUsed || intention.together !== undefined ? readLabels(intention, ask, endpoints) : succeed([]);
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
