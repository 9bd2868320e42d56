/** What the annotations of an Application say of the policies of one image. */
import { aliasKey, annotationPrefix } from '../../config/keys/annotation-keys.ts';
import { isApplicationPolicyKey, isPolicyKey, type PolicyKey } from '../../config/keys/policy-keys.ts';
import type { GivenText, PolicySubject } from './subject.ts';

/** The image's own annotation hides that of the Application by being there, empty or not. None is empty. */
export function ownerTexts({ annotations, alias }: PolicySubject): ReadonlyMap<PolicyKey, GivenText> {
  const own = alias === '' ? undefined : `${aliasKey(alias)}.`;
  const ofApplication = new Map<PolicyKey, GivenText>();
  const ofImage = new Map<PolicyKey, GivenText>();
  for (const [fullKey, value] of Object.entries(annotations)) {
    if (!fullKey.startsWith(annotationPrefix)) continue;
    const name = fullKey.slice(annotationPrefix.length);
    const given = { text: value.trim(), source: `annotation ${name}` };
    if (isPolicyKey(name)) ofApplication.set(name, given);
    if (own === undefined || !name.startsWith(own)) continue;
    const key = name.slice(own.length);
    if (isPolicyKey(key) && !isApplicationPolicyKey(key)) ofImage.set(key, given);
  }
  const all = new Map([...ofApplication, ...ofImage]);
  for (const [key, { text }] of all) if (text === '') all.delete(key);
  return all;
}
