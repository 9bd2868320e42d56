/** What annotations say that holds back, delays or orders updates of an image. */
import { shortLine } from '../../core/base/short-line.ts';
import type { TrackedImage } from '../../core/config/annotations.ts';
import type { Application } from '../../core/config/application.ts';
import { aliasKey } from '../../core/config/keys/annotation-keys.ts';
import { policyKeys } from '../../core/config/keys/policy-keys.ts';
import { ownerTexts } from '../../core/policy/read/given.ts';
import type { ShownSetting } from './shown-setting.ts';

const maxValueLength = 200; // a list of skipped tags may be as long as it likes

/** As it is written, whether it can be read or not. */
export function shownPolicies(app: Application, { alias }: TrackedImage): readonly ShownSetting[] {
  const { annotations, project, namespace } = app;
  const subject = { annotations, alias, project, namespace };
  const given = ownerTexts(subject);
  return policyKeys.flatMap((key): readonly ShownSetting[] => {
    const owner = given.get(key);
    if (owner === undefined) return [];
    const from = owner.source.replace(/^annotation /, '');
    const isOwn = alias !== '' && from.startsWith(`${aliasKey(alias)}.`);
    const value = shortLine(owner.text, maxValueLength);
    return [{ setting: key, value, from, reach: isOwn ? 'image' : 'application' }];
  });
}
