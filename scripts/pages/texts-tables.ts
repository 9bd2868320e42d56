/** Annotations, metrics, Events and codes, each from the table that the program uses. */
import { annotationTexts } from '../../src/core/config/keys/annotation-texts.ts';
import { applicationKeys, imageOnlyKeys, sharedKeys } from '../../src/core/config/keys/annotation-keys.ts';
import { applicationPolicyKeys, imagePolicyKeys } from '../../src/core/config/keys/policy-keys.ts';
import { policyCodes } from '../../src/core/policy/verdict.ts';
import { eventReasons } from '../../src/core/report/event-reasons.ts';
import { type CodeTexts, gitCodes, kubeCodes, registryCodes } from '../../src/core/report/problem-codes.ts';
import type { Families } from '../../src/web/metric-families.ts';
import { code, sentence, table } from './table.ts';

export function applicationKeysTable(): string {
  const keys = [...applicationKeys, ...applicationPolicyKeys];
  return table(
    ['Key', 'Value', 'Default'],
    keys.map((key) => [code(key), annotationTexts[key].value, annotationTexts[key].fallback]),
  );
}

export function imageKeysTable(): string {
  const row = (where: string) => (key: keyof typeof annotationTexts) => [
    code(key),
    where,
    annotationTexts[key].value,
    annotationTexts[key].fallback,
  ];
  return table(
    ['Key', '', 'Value', 'Default'],
    [...[...sharedKeys, ...imagePolicyKeys].map(row('both')), ...imageOnlyKeys.map(row('image'))],
  );
}

export function metricsTable(prefix: string, families: Families): string {
  return table(
    [`Name, after ${code(prefix)}`, 'Type', 'Labels', ''],
    Object.values(families).map(({ name, kind, labels = [], help }) => [
      code(name),
      kind,
      labels.map(code).join(', '),
      help,
    ]),
  );
}

export function eventsTable(): string {
  return table(
    ['Reason', 'Type', ''],
    Object.entries(eventReasons).map(([reason, { types, text }]) => [
      code(reason),
      types.join(', '),
      sentence(text),
    ]),
  );
}

export function problemCodesTable(): string {
  const of = (who: string, codes: Readonly<Record<string, CodeTexts>>) =>
    Object.entries(codes).map(([name, { means, advice, nobody }]) => [
      code(name),
      who,
      sentence(means),
      advice === undefined ? `Nothing: ${nobody}` : sentence(advice),
    ]);
  return table(
    ['Code', 'Of', 'What it means', 'What to do'],
    [...of('registry', registryCodes), ...of('Git', gitCodes), ...of('API', kubeCodes)],
  );
}

export function policyCodesTable(): string {
  return table(
    ['Code', 'Why a version is withheld'],
    Object.entries(policyCodes).map(([name, text]) => [code(name), sentence(text)]),
  );
}
