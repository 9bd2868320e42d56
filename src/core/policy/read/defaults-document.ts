/** The YAML of the key `defaults`: `projects`, `namespaces`, `overridable`, `shared-groups`. */
import { nearestWord } from '../../config/keys/annotation-keys.ts';
import { isPolicyKey, type PolicyKey, policyKeys } from '../../config/keys/policy-keys.ts';
import { quoted } from '../../base/quoted.ts';
import { parseYaml } from '../../yaml/parse.ts';
import { followAlias, isNull, type YamlDocument, type YamlNode } from '../../yaml/tree.ts';

/** What is set for one project or namespace. */
export interface DefaultsScope {
  readonly texts: ReadonlyMap<PolicyKey, string>;
  readonly mistakes: readonly string[];
}

export interface DefaultsDocument {
  readonly projects: ReadonlyMap<string, DefaultsScope>;
  readonly namespaces: ReadonlyMap<string, DefaultsScope>;
  readonly overridable: ReadonlySet<PolicyKey>;
  /** Groups, each with its leading `/`, that may span projects; absent where nobody knows. */
  readonly sharedGroups?: ReadonlySet<string>;
  /** Those that may be about any image. */
  readonly mistakes: readonly string[];
}

const sections = ['projects', 'namespaces', 'overridable', 'shared-groups'] as const;
const maxMistakes = 10; // of one place; nobody reads more

/** What cannot be read is a mistake of its place; the rest is read. */
export function readDefaultsDocument(yaml: string): DefaultsDocument {
  const mistakes: string[] = [];
  const parsed = parseYaml('defaults', yaml);
  if (!parsed.ok) mistakes.push(parsed.failure.message);
  const document = parsed.ok ? parsed.value.documents[0] : undefined;
  const root = document === undefined ? undefined : new Place(document, document.root, 'defaults', mistakes);
  const found = root?.entries() ?? new Map<string, Place>();
  for (const name of found.keys())
    if (!sections.some((section) => section === name))
      mistakes.push(`${quoted(name)} is unknown; expected ${sections.join(', ')}`);
  const overridable = (found.get('overridable')?.items() ?? []).filter((key) => {
    if (!isPolicyKey(key)) mistakes.push(`overridable: ${unknownKey(key)}`);
    return isPolicyKey(key);
  });
  return {
    projects: scopesIn(found.get('projects')),
    namespaces: scopesIn(found.get('namespaces')),
    overridable: new Set(overridable),
    sharedGroups: new Set(found.get('shared-groups')?.items()),
    mistakes: mistakes.slice(0, maxMistakes),
  };
}

function scopesIn(section: Place | undefined): ReadonlyMap<string, DefaultsScope> {
  const scopes = [...(section?.entries() ?? [])].map(([name, place]) => [name, scopeIn(place)] as const);
  return new Map(scopes);
}

function scopeIn(shared: Place): DefaultsScope {
  const mistakes: string[] = [];
  const place = shared.withMistakes(mistakes);
  const texts = new Map<PolicyKey, string>();
  for (const [key, value] of place.entries()) {
    const text = value.text();
    if (!isPolicyKey(key)) mistakes.push(`${place.path}: ${unknownKey(key)}`);
    else if (text === undefined) mistakes.push(`${value.path}: expected the text of an annotation`);
    else texts.set(key, text);
  }
  return { texts, mistakes: mistakes.slice(0, maxMistakes) };
}

function unknownKey(key: string): string {
  const nearest = nearestWord(key, policyKeys);
  return `${quoted(key)} is no policy${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

/** A node with its path, and where its mistakes go. */
class Place {
  readonly path: string;
  readonly #document: YamlDocument;
  readonly #node: Exclude<YamlNode, { kind: 'alias' }>;
  readonly #mistakes: string[];

  constructor(document: YamlDocument, node: YamlNode, path: string, mistakes: string[]) {
    this.#document = document;
    this.#node = followAlias(document, node);
    this.path = path;
    this.#mistakes = mistakes;
  }

  withMistakes(mistakes: string[]): Place {
    return new Place(this.#document, this.#node, this.path, mistakes);
  }

  text(): string | undefined {
    return this.#node.kind === 'scalar' ? this.#node.value.trim() : undefined;
  }

  items(): readonly string[] {
    const nodes = this.#node.kind === 'list' ? this.#node.items : undefined;
    const texts = nodes?.map((node) => followAlias(this.#document, node));
    const read = texts?.flatMap((node) => (node.kind === 'scalar' ? [node.value] : []));
    if (read === undefined || read.length !== nodes?.length) this.#refuse('expected a list of texts');
    return read ?? [];
  }

  entries(): ReadonlyMap<string, Place> {
    const entries = new Map<string, Place>();
    if (this.#node.kind !== 'map') {
      if (!isNull(this.#node)) this.#refuse('expected a mapping');
      return entries;
    }
    for (const { key, value } of this.#node.entries) {
      const node = followAlias(this.#document, key);
      const name = node.kind === 'scalar' ? node.value : `(a ${node.kind})`;
      if (entries.has(name)) this.#refuse(`${quoted(name)} is there twice`);
      entries.set(name, new Place(this.#document, value, `${this.path}.${name}`, this.#mistakes));
    }
    return entries;
  }

  #refuse(why: string): void {
    this.#mistakes.push(`${this.path}: ${why}`);
  }
}
