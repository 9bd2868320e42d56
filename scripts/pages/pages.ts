/** What stands between marks in the pages of the documentation is made from tables of the code. */
import { families018, ownFamilies, ownPrefix, prefix018 } from '../../src/web/metric-families.ts';
import { inertFlagsTable, otherVariablesTable, ownFlagsTable, runFlagsTable } from './flags-tables.ts';
import { rulesTable } from './rules-table.ts';
import {
  applicationKeysTable,
  eventsTable,
  imageKeysTable,
  metricsTable,
  policyCodesTable,
  problemCodesTable,
} from './texts-tables.ts';

/** By the word in the mark; some take what stands behind a colon there. */
const makers: Readonly<Record<string, (about: string) => string>> = {
  rules: rulesTable,
  flags: runFlagsTable,
  'flags without effect': inertFlagsTable,
  'flags of': ownFlagsTable,
  variables: otherVariablesTable,
  'annotations of applications': applicationKeysTable,
  'annotations of images': imageKeysTable,
  'metrics of 0.18': () => metricsTable(prefix018, families018),
  'own metrics': () => metricsTable(ownPrefix, ownFamilies),
  events: eventsTable,
  'problem codes': problemCodesTable,
  'policy codes': policyCodesTable,
};

const marked = /(?<=<!-- made: (?<word>[^:>\n]+?)(?:: (?<about>[^>\n]+?))? -->\n).*?(?=\n<!-- end -->)/gs;

/** `page`: its name below docs/, to which its links are relative. */
export function remade(page: string, text: string): string {
  return text.replaceAll(marked, (_old, word: string, about = '') => {
    const make = makers[word];
    if (make === undefined) throw new Error(`${page}: nothing makes ${word}`);
    return make(about).replaceAll(`](${page}#`, '](#');
  });
}

/** The marks of a page, as they are written. */
export function marksOf(text: string): readonly string[] {
  return Array.from(text.matchAll(marked), ({ groups = {} }) =>
    groups['about'] === undefined ? `${groups['word']}` : `${groups['word']}: ${groups['about']}`,
  );
}
