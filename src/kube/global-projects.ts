/** `globalProjects` of `argocd-cm`: projects whose rules count for all projects with certain labels. */
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { configFailure, Failed } from '../core/base/outcome.ts';

const requirement = z.object({
  key: z.string(),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z.array(z.string()).nullish(),
});

const entries = z.array(
  z.object({
    projectName: z.string(),
    labelSelector: z
      .object({
        matchLabels: z.record(z.string(), z.string()).nullish(),
        matchExpressions: z.array(requirement).nullish(),
      })
      .nullish(),
  }),
);

export interface GlobalProject {
  readonly projectName: string;
  /** All must hold. */
  readonly selector: readonly LabelRequirement[];
}

interface LabelRequirement {
  readonly key: string;
  readonly operator: z.infer<typeof requirement>['operator'];
  readonly values: readonly string[];
}

/** Blank text: none. Throws `Failed` (config) for anything that is no list of them. */
export function readGlobalProjects(text: string): readonly GlobalProject[] {
  const read = entries.nullable().safeParse(parsed(text));
  if (!read.success) throw unreadable();
  return (read.data ?? []).map(({ projectName, labelSelector }) => ({
    projectName,
    selector: [
      ...Object.entries(labelSelector?.matchLabels ?? {}).map(
        ([key, value]) => ({ key, operator: 'In', values: [value] }) as const,
      ),
      ...(labelSelector?.matchExpressions ?? []).map((one) => ({ ...one, values: one.values ?? [] })),
    ],
  }));
}

/** As Kubernetes has it: `NotIn` also selects what lacks the label. */
export function selectsLabels(
  selector: readonly LabelRequirement[],
  labels: Readonly<Record<string, unknown>>,
): boolean {
  return selector.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    const isListed = typeof value === 'string' && values.includes(value);
    switch (operator) {
      case 'In':
        return isListed;
      case 'NotIn':
        return !isListed;
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
  });
}

function parsed(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  if (document.errors.length > 0) throw unreadable();
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw unreadable(); // an alias bomb
  }
}

function unreadable(): Failed {
  const message = '--enforce-projects: globalProjects of ConfigMap argocd-cm are not a list of projects';
  return new Failed(configFailure(message, undefined, 'correct globalProjects in argocd-cm'));
}
