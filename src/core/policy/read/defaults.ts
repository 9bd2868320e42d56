/** What an administrator sets for many Applications: flags, and the key `defaults` of the program's ConfigMap. */
import type { PolicyKey } from '../../config/keys/policy-keys.ts';
import type { Sourced } from '../settings.ts';
import { type DefaultsDocument, type DefaultsScope, readDefaultsDocument } from './defaults-document.ts';
import type { GivenText, PolicySubject } from './subject.ts';

const source = 'ConfigMap argocd-image-updater-config, defaults';

class PolicyDefaults {
  readonly #document: DefaultsDocument;
  readonly #flags: ReadonlyMap<PolicyKey, GivenText>;

  constructor(document: DefaultsDocument, flags: ReadonlyMap<PolicyKey, GivenText>) {
    this.#document = document;
    this.#flags = flags;
  }

  /** Keys of which an owner's value counts alone. */
  get overridable(): ReadonlySet<PolicyKey> {
    return this.#document.overridable;
  }

  /** Whether a group, given with its leading `/`, may span projects. */
  maySpanProjects(group: string): boolean {
    return this.#document.sharedGroups?.has(group) ?? true;
  }

  /** That of the project, else of the namespace, else the flag. An empty one is none, and hides those behind it. */
  textFor(key: PolicyKey, subject: PolicySubject): GivenText | undefined {
    for (const { path, scope } of this.#scopesOf(subject)) {
      const text = scope.texts.get(key);
      if (text === '') return undefined;
      if (text !== undefined) return { text, source: `${source}.${path}.${key}` };
    }
    const flag = this.#flags.get(key);
    return flag?.text === '' ? undefined : flag;
  }

  /** What cannot be read and may have been about the image: nobody knows whether it was to hold it back. */
  mistakesFor(subject: PolicySubject): readonly Sourced<string>[] {
    const own = this.#scopesOf(subject).flatMap(({ scope }) => scope.mistakes);
    return [...this.#document.mistakes, ...own].map((value) => ({ value, source }));
  }

  #scopesOf({ project, namespace }: PolicySubject): readonly { path: string; scope: DefaultsScope }[] {
    const { projects, namespaces } = this.#document;
    const found = [
      { path: `projects.${project}`, scope: projects.get(project) },
      { path: `namespaces.${namespace}`, scope: namespaces.get(namespace) },
    ];
    return found.flatMap(({ path, scope }) => (scope === undefined ? [] : [{ path, scope }]));
  }
}

/** `yaml`: the value of the key `defaults`, "" where there is none. `flags`: the values of `--default-<key>`. */
export function readPolicyDefaults(yaml: string, flags: ReadonlyMap<PolicyKey, string>): PolicyDefaults {
  const texts = [...flags].map(
    ([key, text]) => [key, { text: text.trim(), source: `--default-${key}` }] as const,
  );
  return new PolicyDefaults(readDefaultsDocument(yaml), new Map(texts));
}

/** Where nobody knows what an administrator sets, as in a check of manifests: nothing, and nothing is refused for it. */
export function unknownDefaults(): PolicyDefaults {
  const { sharedGroups: _, ...document } = readDefaultsDocument('');
  return new PolicyDefaults(document, new Map());
}

export type { PolicyDefaults };
