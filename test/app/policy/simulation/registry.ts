/** A registry whose tags come, go and move: what each has named, and since when. */
import type { Answer, ImageNeed } from '../../../../src/core/decide/needs.ts';
import { type Minor, minorOf, partsOf, type Plan, tagOf } from './story.ts';

/** The tag that names whatever was pushed last. */
export const movingTag = 'moving';

interface Build {
  readonly digest: `sha256:${string}`;
  /** The larger is the later one. */
  readonly number: number;
}

export class SimulatedRegistry {
  /** By image and tag. */
  readonly #tags = new Map<string, Build>();
  readonly #builds = new Map<string, Build>();
  readonly #rebuilds = new Map<string, number>();
  readonly #firstMs = new Map<string, number>();
  /** By digest. */
  readonly #builtMs = new Map<string, number>();

  /** `again`: another image behind the same tag. */
  push(image: number, minor: Minor, nowMs: number, again = false): void {
    const name = `${image}:${minor}`;
    if (again && !this.#tags.has(`${image} ${tagOf(minor)}`)) return;
    if (again) this.#rebuilds.set(name, (this.#rebuilds.get(name) ?? 0) + 1);
    const build = this.#build(again ? `${name} ${this.#rebuilds.get(name)}` : name);
    if (!this.#builtMs.has(build.digest)) this.#builtMs.set(build.digest, nowMs);
    for (const tag of [tagOf(minor), movingTag]) {
      this.#tags.set(`${image} ${tag}`, build);
      const key = `${image} ${tag}@${build.digest}`;
      if (!this.#firstMs.has(key)) this.#firstMs.set(key, nowMs);
    }
  }

  delete(image: number, minor: Minor): void {
    this.#tags.delete(`${image} ${tagOf(minor)}`);
  }

  /** What the tag of a version names now. */
  digestOf(image: number, tag: string): string | undefined {
    return this.#tags.get(`${image} ${tag}`)?.digest;
  }

  /** As a person names it who writes it down. */
  version({ image, strategy }: Pick<Plan, 'image' | 'strategy'>, minor: Minor): string {
    if (strategy !== 'digest') return tagOf(minor);
    return `${movingTag}@${this.#build(`${image}:${minor}`).digest}`;
  }

  /** What 0.18 chooses, whatever policies say; undefined: nothing is there. */
  choice({ image, strategy }: Pick<Plan, 'image' | 'strategy'>): string | undefined {
    if (strategy === 'digest') return this.#named(image, movingTag);
    const tags = this.tags(image);
    const rank = (tag: string) => (strategy === 'semver' ? minorOf(tag) : (this.#number(image, tag) ?? 0));
    return tags.toSorted((a, b) => rank(b) - rank(a))[0];
  }

  /** Positive: `a` is the newer one; undefined: nobody can tell. */
  compare({ image, strategy }: Pick<Plan, 'image' | 'strategy'>, a: string, b: string): number | undefined {
    if (a === b) return 0;
    if (strategy === 'semver') return minorOf(a) - minorOf(b);
    const [one, other] = [this.#number(image, a), this.#number(image, b)];
    return strategy === 'digest' || one === undefined || other === undefined ? undefined : one - other;
  }

  /** When the tag named for the first time what it names now. */
  firstMs(image: number, version: string): number | undefined {
    const { tag, digest = this.digestOf(image, tag) } = partsOf(version);
    return this.#firstMs.get(`${image} ${tag}@${digest}`);
  }

  tags(image: number): readonly string[] {
    return [...this.#tags.keys()]
      .filter((key) => key.startsWith(`${image} `) && !key.endsWith(movingTag))
      .map((key) => key.slice(`${image} `.length));
  }

  readonly answer = (repository: string, { query }: ImageNeed): Promise<Answer> => {
    const image = Number(repository.replace('acme/image', ''));
    const tags = this.tags(image);
    switch (query.kind) {
      case 'tags':
        return Promise.resolve({ kind: 'tags', tags });
      case 'dated-tags': {
        const dated = tags.map((tag) => ({ tag, created: this.#created(image, tag) }));
        return Promise.resolve({ kind: 'dated-tags', listed: tags.length, tags: dated, dropped: [] });
      }
      case 'digest': {
        const digest = this.#tags.get(`${image} ${query.tag}`)?.digest ?? null;
        return Promise.resolve({ kind: 'digest', digest });
      }
      case 'labels':
        return Promise.reject(new Error('nobody wants labels'));
    }
  };

  #created(image: number, tag: string) {
    const { digest = '', number = 0 } = this.#tags.get(`${image} ${tag}`) ?? {};
    const ms = this.#builtMs.get(digest) ?? 0;
    return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 + number };
  }

  /** The larger was built later. */
  #number(image: number, tag: string): number | undefined {
    const build = this.#tags.get(`${image} ${tag}`);
    return build && (this.#builtMs.get(build.digest) ?? 0) * 1000 + build.number;
  }

  #named(image: number, tag: string): string | undefined {
    const build = this.#tags.get(`${image} ${tag}`);
    return build && `${tag}@${build.digest}`;
  }

  #build(content: string): Build {
    const known = this.#builds.get(content);
    if (known !== undefined) return known;
    const number = this.#builds.size + 1;
    const digest = `sha256:${number.toString(16).padStart(8, '0').padEnd(64, '0')}` as const;
    const build = { digest, number };
    this.#builds.set(content, build);
    return build;
  }
}
