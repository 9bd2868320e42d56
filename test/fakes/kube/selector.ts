/** Label and field selectors as the fake API server understands them. */
import { isObject } from './json.ts';
import type { KubeObject } from './store.ts';

/** Throws Error with the server's kind of message. */
export function labelMatcher(selector: string): (labels: Readonly<Record<string, string>>) => boolean {
  const requirements = splitRequirements(selector).map(requirement);
  return (labels) => requirements.every((holds) => holds(labels));
}

const fieldsOfAll: Readonly<Record<string, (object: KubeObject) => unknown>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace,
};

const fieldsOfEvents: typeof fieldsOfAll = {
  reason: (event) => event['reason'],
  source: ({ source }) => (isObject(source) ? source['component'] : undefined),
};

/** `metadata.name=x,metadata.namespace=y`; Events have more fields that can be asked for. */
export function fieldMatcher(selector: string, plural: string): (object: KubeObject) => boolean {
  const known = plural === 'events' ? { ...fieldsOfAll, ...fieldsOfEvents } : fieldsOfAll;
  const wanted = selector === '' ? [] : selector.split(',').map((part) => part.split(/==?/));
  const checks = wanted.map(([field = '', value = '']) => {
    const read = known[field];
    if (read === undefined) throw new Error(`field label not supported: ${field}`);
    return (object: KubeObject) => read(object) === value;
  });
  return (object) => checks.every((holds) => holds(object));
}

type Labels = Readonly<Record<string, string>>;

function splitRequirements(selector: string): readonly string[] {
  return selector.trim() === '' ? [] : selector.split(/,(?![^(]*\))/).map((part) => part.trim());
}

function requirement(text: string): (labels: Labels) => boolean {
  const key = '([A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)';
  const value = '([A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?';
  const exists = new RegExp(`^(!?)\\s*${key}$`).exec(text);
  if (exists !== null) return (labels) => (exists[2] ?? '') in labels === (exists[1] === '');
  const equal = new RegExp(`^${key}\\s*(==|=|!=)\\s*${value}$`).exec(text);
  if (equal !== null) {
    return (labels) => (labels[equal[1] ?? ''] === (equal[3] ?? '')) === (equal[2] !== '!=');
  }
  const set = new RegExp(`^${key}\\s+(in|notin)\\s*\\(([^()]*)\\)$`).exec(text);
  if (set === null) throw new Error(`unable to parse requirement: found '${text}'`);
  const values = (set[3] ?? '').split(',').map((one) => one.trim());
  return (labels) => {
    const label = labels[set[1] ?? ''];
    return (label !== undefined && values.includes(label)) === (set[2] === 'in');
  };
}
