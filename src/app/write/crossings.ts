/** Writes of Applications that move together: in one commit where they can share it, else one after the other (spec/policies.md 6.3). */
import { repositoryIdentity } from '../../core/base/git-url.ts';
import type { Failure } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import type { AppKey } from '../../core/config/application.ts';
import type { Company, GitIntention, LiveIntention, Plan } from '../../core/plan.ts';
import { withCause } from './branch/units.ts';
import type { Written } from './written.ts';

export type Crossing = Exclude<Plan, { kind: 'nothing' }>;

export interface CrossingsOptions {
  /** Edits and commits are made, and nothing is pushed. One result for each. */
  readonly rehearse: (intentions: readonly GitIntention[]) => Promise<readonly Written[]>;
  /** One commit, of one repository. One result for each. */
  readonly commit: (intentions: readonly GitIntention[]) => Promise<readonly Written[]>;
  readonly patch: (intention: LiveIntention) => Promise<Written>;
  /** Nobody of the repository need wait for these: their turn comes later. */
  readonly defer: (app: AppKey) => void;
}

interface Traveller {
  readonly app: AppKey;
  readonly plan: Crossing;
  readonly resolve: (written: Written) => void;
}

interface OpenCompany {
  readonly name: string;
  readonly expected: ReadonlySet<AppKey>;
  readonly travellers: ReadonlyMap<AppKey, Traveller>;
}

/** Those of one commit, or one live Application. */
interface Part {
  readonly travellers: readonly Traveller[];
  readonly write: () => Promise<readonly Written[]>;
  /** Absent: it cannot be tried. */
  readonly rehearse?: () => Promise<readonly Written[]>;
}

export class Crossings {
  readonly #options: CrossingsOptions;
  #open: readonly OpenCompany[] = [];
  readonly #gone = new Set<AppKey>();

  constructor(options: CrossingsOptions) {
    this.#options = options;
  }

  /** Resolves once it is known what became of all. */
  write(app: AppKey, { name, apps }: Company, plan: Crossing): Promise<Written> {
    this.#gone.delete(app);
    return new Promise((resolve) => this.#arrive({ app, plan, resolve }, { name, apps }));
  }

  /** The Application does not come: the others go nowhere. */
  pass(app: AppKey): void {
    this.#gone.add(app);
    for (const company of this.#open) this.#startIfComplete(company);
  }

  /** Who is in two companies makes them one. */
  #arrive(traveller: Traveller, { name, apps }: Company): void {
    const shares = (company: OpenCompany): boolean =>
      company.expected.has(traveller.app) || [...apps].some((app) => company.expected.has(app));
    const met = this.#open.filter(shares);
    const joined = {
      name: met[0]?.name ?? name,
      expected: new Set([...met.flatMap(({ expected }) => [...expected]), ...apps]),
      travellers: new Map([
        ...met.flatMap(({ travellers }) => [...travellers]),
        [traveller.app, traveller] as const,
      ]),
    };
    this.#open = [...this.#open.filter((company) => !met.includes(company)), joined];
    this.#startIfComplete(joined);
  }

  #startIfComplete(company: OpenCompany): void {
    const { expected, travellers } = company;
    if ([...expected].some((app) => !travellers.has(app) && !this.#gone.has(app))) return;
    this.#open = this.#open.filter((other) => other !== company);
    void this.#go(company);
  }

  async #go({ name, expected, travellers }: OpenCompany): Promise<void> {
    const all = [...travellers.values()].toSorted((a, b) => (a.app < b.app ? -1 : 1));
    const absent = [...expected].find((app) => !travellers.has(app));
    const parts = this.#partsOf(all, name);
    const outcomes = new Outcomes(name, all);
    for (const { app, plan } of all)
      if (plan.kind === 'failed') outcomes.add(app, failedWith(plan, plan.failure));
    if (absent !== undefined) outcomes.stop(absent, decidedNowhere(absent));
    if (parts.length > 1) {
      for (const { app } of parts.slice(1).flatMap((part) => part.travellers)) this.#options.defer(app);
      for (const { travellers: own, rehearse } of parts)
        if (rehearse !== undefined && !outcomes.areOver) outcomes.tried(own, await resultsOf(own, rehearse));
    }
    for (const { travellers: own, write } of parts)
      if (!outcomes.areOver) outcomes.wrote(own, await resultsOf(own, write));
    outcomes.tell();
  }

  /** Commits in the order of keys, live Applications last. */
  #partsOf(all: readonly Traveller[], name: string): readonly Part[] {
    const { commit, rehearse, patch } = this.#options;
    const placed = all.flatMap((traveller) =>
      traveller.plan.kind === 'git' ? [{ traveller, intention: together(traveller.plan, name) }] : [],
    );
    const commits = Map.groupBy(placed, ({ intention }) => intention.together?.id);
    const parts = [...commits.values()].map((members): Part => {
      const intentions = members.map(({ intention }) => intention);
      return {
        travellers: members.map(({ traveller }) => traveller),
        write: () => commit(intentions),
        rehearse: () => rehearse(intentions),
      };
    });
    const patches = all.flatMap((traveller): readonly Part[] => {
      const { plan } = traveller;
      return plan.kind === 'argocd'
        ? [{ travellers: [traveller], write: async () => [await patch(plan)] }]
        : [];
    });
    return [...parts, ...patches];
  }
}

/** What becomes of those who go together: once one of them cannot be written, nobody is, unless somebody has been. */
class Outcomes {
  readonly #name: string;
  readonly #all: readonly Traveller[];
  readonly #written = new Map<AppKey, Written>();
  #hasLanded = false;
  #cause: { readonly app: AppKey; readonly failure: Failure; readonly isStale: boolean } | undefined;

  constructor(name: string, all: readonly Traveller[]) {
    this.#name = name;
    this.#all = all;
  }

  /** Nothing more is to be tried. */
  get areOver(): boolean {
    return this.#cause !== undefined;
  }

  add(app: AppKey, written: Written): void {
    this.#written.set(app, written);
    if (written.result.kind !== 'failed') return;
    const isStale = written.stale === true;
    // what is not to be judged again is left behind by those who follow: the next cycle goes on with it
    if (this.#hasLanded && !isStale) return;
    if (this.#cause === undefined || (this.#cause.isStale && !isStale))
      this.#cause = { app, failure: written.result.failure, isStale };
  }

  stop(app: AppKey, failure: Failure): void {
    this.#cause ??= { app, failure, isStale: false };
  }

  /** Only what stops them counts. */
  tried(travellers: readonly Traveller[], results: readonly Written[]): void {
    for (const [i, { app }] of travellers.entries()) {
      const one = results[i];
      if (one?.result.kind === 'failed') this.add(app, one);
    }
  }

  wrote(travellers: readonly Traveller[], results: readonly Written[]): void {
    const landed = results.some(({ result }) => result.kind === 'committed' || result.kind === 'patched');
    this.#hasLanded ||= landed;
    for (const [i, { app }] of travellers.entries()) {
      const one = results[i];
      if (one !== undefined) this.add(app, one);
    }
  }

  tell(): void {
    for (const { app, plan, resolve } of this.#all) resolve(this.#of(app, plan));
  }

  /** Who is to be judged again is so with all who are not written yet: they have to agree anew. */
  #of(app: AppKey, plan: Crossing): Written {
    const own = this.#written.get(app);
    const cause = this.#cause;
    const isAgain = own?.stale === true && cause?.isStale === false;
    if (own !== undefined && !isAgain) return own;
    if (cause === undefined) return failedWith(plan, decidedNowhere(app));
    if (cause.isStale) return { ...failedWith(plan, cause.failure), stale: true };
    return failedWith(plan, withCause(this.#name, cause.app, cause.failure));
  }
}

/** Equal places make one commit. */
function together(intention: GitIntention, name: string): GitIntention {
  if (intention.together !== undefined) return intention;
  const { repoURL, base, pushTemplate, credentials } = intention.writeBack;
  const place = [repositoryIdentity(repoURL), base, pushTemplate, credentials];
  return { ...intention, together: { id: JSON.stringify([...place, 'group', name]), name } };
}

function failedWith({ changes }: Crossing, failure: Failure): Written {
  return { result: { kind: 'failed', failure }, changes };
}

function decidedNowhere(app: AppKey): Failure {
  return { kind: 'unexpected', message: `nothing is known of ${app}`, cause: app };
}

async function resultsOf(
  travellers: readonly Traveller[],
  work: () => Promise<readonly Written[]>,
): Promise<readonly Written[]> {
  const done = await settle(work);
  return done.ok ? done.value : travellers.map(({ plan }) => failedWith(plan, done.failure));
}
