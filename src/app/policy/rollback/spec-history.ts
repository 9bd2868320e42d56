/** Write-back method argocd: what live Applications tell of versions that were taken back (spec/policies.md 2.7). */
import { type Outcome, succeed } from '../../../core/base/outcome.ts';
import { specVersion } from '../../../core/current.ts';
import type { Decision } from '../../../core/decide/decision.ts';
import { versionOf } from '../../../core/edit/decided-version.ts';
import { formatVersion } from '../../../core/policy/rollback/lines/image-version.ts';
import { redeployed, takenFromSpec } from '../../../core/policy/rollback/spec-rollback.ts';
import type { TakenBack } from '../../../core/policy/rollback/taken-back.ts';
import { keyFacts, type RollbackMemory } from './facts.ts';
import { specPlace } from './spec-place.ts';
import type { SpecImage, SpecRecords } from './spec-records.ts';
import type { RollbackSubject } from './subject.ts';

/** The object is asked for only where its answer decides something. */
export class SpecHistory {
  readonly #records: SpecRecords;

  constructor(records: SpecRecords) {
    this.#records = records;
  }

  /** Whether somebody has put an older version into the spec. Fails where that cannot be told. */
  async takenBack(subject: RollbackSubject, memory: RollbackMemory): Promise<Outcome<TakenBack | undefined>> {
    const place = specPlace(subject);
    if (place === undefined || subject.held === undefined) return succeed(undefined);
    const facts = keyFacts(subject, place, versionOf(subject.held), memory);
    // where our own memory says that nothing was taken back, the object need not be asked who did it
    if (facts.wrote !== undefined && takenFromSpec(facts, undefined) === undefined) return succeed(undefined);
    const record = await this.#records.of(subject);
    if (record.ok) return succeed(takenFromSpec(facts, record.value));
    return facts.wrote === undefined ? record : succeed(takenFromSpec(facts, undefined));
  }

  /** What people are told where a rollback of Argo CD left the spec alone (RB-25). */
  async redeployment(
    image: SpecImage,
    { from, to }: Pick<Extract<Decision, { kind: 'update' }>, 'from' | 'to'>,
  ): Promise<string | undefined> {
    const held = specVersion(image.config, image.image);
    if (held === undefined || from === undefined) return undefined;
    const [inSpec, running] = [versionOf(held), versionOf(from)];
    if (formatVersion(inSpec) !== formatVersion(versionOf(to))) return undefined;
    const record = await this.#records.of(image);
    const found = record.ok ? redeployed(inSpec, running, record.value?.deployed ?? []) : undefined;
    if (found === undefined) return undefined;
    const since = `${new Date(found.atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    return `Argo CD runs ${formatVersion(running)} since ${since} by a rollback of ${found.by}; the spec has ${formatVersion(inSpec)}`;
  }
}
