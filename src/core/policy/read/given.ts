/** Who sets a policy of an image: its Application's annotations, or whoever runs the program. */
import { aliasKey, annotationPrefix } from '../../config/keys/annotation-keys.ts';
import { isApplicationPolicyKey, type PolicyKey } from '../../config/keys/policy-keys.ts';
import { textUnder } from '../../base/json.ts';
import type { PolicyDefaults } from './defaults.ts';
import type { GivenText, PolicySubject } from './subject.ts';

/** What is said of one key. */
export interface Given {
  readonly owner?: GivenText;
  readonly administrator?: GivenText;
}

/** An administrator's value counts beside the owner's, unless he lets owners overrule the key. */
export function givenFor(key: PolicyKey, subject: PolicySubject, defaults: PolicyDefaults): Given {
  const owner = ownerText(key, subject);
  const administrator = defaults.textFor(key, subject);
  const isOverruled = owner !== undefined && defaults.overridable.has(key);
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(administrator === undefined || isOverruled ? {} : { administrator }),
  };
}

/** The image's own annotation hides that of the Application by being there, empty or not. */
function ownerText(key: PolicyKey, { annotations, alias }: PolicySubject): GivenText | undefined {
  const names = [...(alias === '' || isApplicationPolicyKey(key) ? [] : [`${aliasKey(alias)}.${key}`]), key];
  for (const name of names) {
    const text = textUnder(annotations, annotationPrefix + name)?.trim();
    if (text !== undefined) return text === '' ? undefined : { text, source: `annotation ${name}` };
  }
  return undefined;
}
