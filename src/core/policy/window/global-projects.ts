/** `globalProjects` of argocd-cm: whose sync windows count for a project beside its own. */
import { textUnder } from '../../base/json.ts';
import { FieldReader } from '../../registries/strict-fields.ts';
import { parseYaml } from '../../yaml/parse.ts';
import { followAlias, type YamlDocument, type YamlNode } from '../../yaml/tree.ts';

export interface GlobalProject {
  readonly name: string;
  /** All of them have to hold; none: every project. */
  readonly requirements: readonly Requirement[];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** None where the text is no list: Argo CD passes over it as well, with a warning. */
export function readGlobalProjects(text: string): readonly GlobalProject[] {
  const yaml = parseYaml('globalProjects', text);
  const document = yaml.ok ? yaml.value.documents[0] : undefined;
  if (document?.root.kind !== 'list') return [];
  return document.root.items.map((item) => readGlobalProject(document, item));
}

function readGlobalProject(document: YamlDocument, node: YamlNode): GlobalProject {
  const fields = new FieldReader(document, node);
  const selector = fields.node('labelSelector');
  const labels = selector === undefined ? undefined : new FieldReader(document, selector);
  const matched = [...(labels?.texts('matchLabels') ?? [])];
  return {
    name: fields.text('projectName') ?? '',
    requirements: [
      ...matched.map(([key, value]) => ({ key, operator: 'In', values: [value] })),
      ...(labels?.list('matchExpressions') ?? []).map((item) => readRequirement(document, item)),
    ],
  };
}

function readRequirement(document: YamlDocument, node: YamlNode): Requirement {
  const fields = new FieldReader(document, node);
  const values = fields.list('values').map((value) => followAlias(document, value));
  return {
    key: fields.text('key') ?? '',
    operator: fields.text('operator') ?? '',
    values: values.flatMap((value) => (value.kind === 'scalar' ? [value.value] : [])),
  };
}

/**
 * Names of the projects whose windows count for a project as well, in order. A selector that Kubernetes refuses ends
 * the list, as in Argo CD.
 */
export function globalProjectsOf(
  project: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
  all: readonly GlobalProject[],
): readonly string[] {
  const others = all.filter(({ name }) => name !== project.name);
  const broken = others.findIndex(({ requirements }) => !requirements.every(isUsable));
  return others
    .slice(0, broken < 0 ? undefined : broken)
    .filter(({ requirements }) => requirements.every((requirement) => holds(requirement, project.labels)))
    .map(({ name }) => name);
}

function isUsable({ key, operator, values }: Requirement): boolean {
  const needsValues = operator === 'In' || operator === 'NotIn';
  return key !== '' && operators.includes(operator) && needsValues === values.length > 0;
}

function holds({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = textUnder(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
