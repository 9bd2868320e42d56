/** Fields of one entry of the holds ConfigMap, each with what is wrong with it. */
import { isDigest, isTag } from '../../image/tag-and-digest.ts';
import { optionalProperty } from '../../base/optional-property.ts';
import { quoted } from '../../base/quoted.ts';
import { FieldReader } from '../../registries/strict-fields.ts';
import { followAlias, type YamlDocument, type YamlNode } from '../../yaml/tree.ts';
import type { Hold, Pin, Resumed, RolledBack, Skip } from '../settings.ts';
import { parseHold } from '../words/hold.ts';
import { parsePolicyInstant } from '../words/instant.ts';
import { parsePin } from '../words/version-words.ts';
import type { Zones } from '../words/zone.ts';

/** Reads nodes of one document; `mistakes` grows with what cannot be read. */
export class EntryFields {
  readonly mistakes: string[] = [];
  readonly #document: YamlDocument;
  readonly #zones: Zones;

  constructor(document: YamlDocument, zones: Zones) {
    this.#document = document;
    this.#zones = zones;
  }

  /** A mapping, or the text of the annotation. `false` is no hold. */
  hold(node: YamlNode, name: string): Hold | undefined {
    const place = followAlias(this.#document, node);
    if (place.kind !== 'scalar') return this.#holdFields(place, name);
    const word = parseHold(place.value, this.#zones);
    if (!word.ok) return this.#refuse(`${name} ${word.failure.message}`);
    return word.value?.on === true ? word.value.hold : undefined;
  }

  pin(text: string | undefined): Pin | undefined {
    if (text === undefined) return undefined;
    const pin = parsePin(text);
    return pin.ok ? pin.value : this.#refuse(`pin ${pin.failure.message}`);
  }

  /** Versions with their reasons, which may be empty. */
  skips(texts: ReadonlyMap<string, string>): readonly Skip[] {
    return [...texts].flatMap(([version, reason]) => {
      if (!isTag(version) && !isDigest(version)) {
        this.mistakes.push(`skip: ${quoted(version)} is no tag and no digest`);
        return [];
      }
      return [reason === '' ? { version } : { version, reason }];
    });
  }

  rolledBack(node: YamlNode): RolledBack | undefined {
    const fields = new FieldReader(this.#document, node);
    const from = fields.text('from');
    const rolledBack = {
      ...optionalProperty('to', fields.text('to')),
      ...optionalProperty('commit', fields.text('commit')),
      ...optionalProperty('by', fields.text('by')),
    };
    this.#collect(fields, 'rolled-back');
    return from === undefined ? this.#refuse('rolled-back: from is missing') : { from, ...rolledBack };
  }

  resumed(nodes: readonly YamlNode[]): readonly Resumed[] {
    return nodes.flatMap((node) => {
      const fields = new FieldReader(this.#document, node);
      const version = fields.text('version');
      const commit = fields.text('commit');
      const isQuarantine = fields.flag('quarantine') === true;
      this.#collect(fields, 'resumed');
      if (version === undefined) this.mistakes.push('resumed: version is missing');
      return version === undefined
        ? []
        : [{ version, ...optionalProperty('commit', commit), ...(isQuarantine ? { quarantine: true } : {}) }];
    });
  }

  #holdFields(node: YamlNode, name: string): Hold {
    const fields = new FieldReader(this.#document, node);
    const [until, zone, since] = [fields.text('until'), fields.text('zone'), fields.text('since')];
    const hold = {
      ...optionalProperty('untilMs', this.#instant(`${name}.until`, until, zone)),
      ...optionalProperty('sinceMs', this.#instant(`${name}.since`, since, undefined)),
      ...optionalProperty('reason', fields.text('reason')),
      ...optionalProperty('by', fields.text('by')),
    };
    this.#collect(fields, name);
    return hold;
  }

  #instant(name: string, text: string | undefined, zone: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    const instant = parsePolicyInstant(text, zone, this.#zones);
    return instant.ok ? instant.value : this.#refuse(`${name} ${instant.failure.message}`);
  }

  #collect(fields: FieldReader, name: string): void {
    for (const { key, problem } of fields.problems())
      this.mistakes.push(`${key === '' ? name : `${name}.${key}`}: ${problem}`);
  }

  #refuse(mistake: string): undefined {
    this.mistakes.push(mistake);
    return undefined;
  }
}
