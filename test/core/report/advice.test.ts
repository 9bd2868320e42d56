/** Advice says what to do, the message what is: nothing is said twice, and nobody is left without a word. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Failure, GitCode, KubeCode, RegistryCode } from '../../../src/core/base/outcome.ts';
import { adviceFor } from '../../../src/core/report/advice.ts';
import { codeTextsOf, gitCodes, kubeCodes, registryCodes } from '../../../src/core/report/problem-codes.ts';

const source = join(import.meta.dirname, '../../../src');

const failures: readonly Failure[] = [
  ...Object.keys(registryCodes).map(
    (code): Failure => ({
      kind: 'registry',
      code: code as RegistryCode,
      host: 'reg.test',
      repository: 'a',
      message: 'm',
    }),
  ),
  ...Object.keys(gitCodes).map(
    (code): Failure => ({ kind: 'git', code: code as GitCode, repo: 'git.test:x', message: 'm' }),
  ),
  ...Object.keys(kubeCodes).map(
    (code): Failure => ({ kind: 'kube', code: code as KubeCode, resource: 'secrets', message: 'm' }),
  ),
  { kind: 'config', message: 'm' },
  { kind: 'config', message: 'm', annotation: 'image-list' },
  { kind: 'edit', path: 'values.yaml', message: 'm' },
  { kind: 'unexpected', message: 'm', cause: undefined },
];

const named = failures.map((failure) => ({
  name: 'code' in failure ? `${failure.kind} ${failure.code}` : failure.kind,
  failure,
}));

/** How one tells somebody to do something. */
const imperative =
  /^(?:if [^,]+, )?(?:do not|add|check|compare|correct|create|credentials raise|free|give|grant|let|look|merge|name|narrow|raise|this is a bug)\b/;

describe('issue 8, O, fault O-S3-21', () => {
  it.each(named)('of $name: there is something to do, or a reason why not', ({ failure }) => {
    const advice = adviceFor(failure);
    const isExcused = codeTextsOf(failure)?.nobody !== undefined;

    expect(advice === undefined).toBe(isExcused);
    if (advice !== undefined) expect(advice).toMatch(imperative);
  });

  /** Texts in all other files, as they stand in the code; what an edge advises by itself is advice too. */
  const others = globSync('**/*.ts', { cwd: source })
    .filter((path) => path !== 'core/report/advice.ts' && path !== 'core/report/problem-codes.ts')
    .flatMap((path) => readFileSync(join(source, path), 'utf8').split('\n'))
    .filter((line) => !/advice/i.test(line))
    .join('\n');

  it.each(named.filter(({ failure }) => adviceFor(failure) !== undefined))(
    'of $name: no message says what the advice says',
    ({ failure }) => {
      const clauses = (adviceFor(failure) ?? '').split(/[,;:?"]/).map((clause) => clause.trim());
      const telling = clauses.filter((clause) => clause.split(' ').length >= 4);

      expect(telling.filter((clause) => others.includes(clause))).toEqual([]);
    },
  );
});
