/** Annotations that look like a misspelt hold, pin or skip-tags: what somebody wanted to hold back must not go on unseen. */
import { aliasKey, annotationPrefix, withholdingTypo } from '../../config/keys/annotation-keys.ts';
import { quoted } from '../../base/quoted.ts';
import type { PolicySubject } from './subject.ts';

export interface Typo {
  readonly source: string;
  readonly message: string;
}

/** Those of the Application, and those behind the image's alias. */
export function typosOf({ annotations, alias }: PolicySubject): readonly Typo[] {
  const own = alias === '' ? undefined : `${aliasKey(alias)}.`;
  const keys = Object.keys(annotations).filter((key) => key.startsWith(annotationPrefix));
  return keys.flatMap((fullKey) => {
    const name = fullKey.slice(annotationPrefix.length);
    const word = own !== undefined && name.startsWith(own) ? name.slice(own.length) : name;
    const meant = withholdingTypo(word);
    if (meant === undefined) return [];
    const message = `annotation ${quoted(name)} is unknown; did you mean ${name.slice(0, name.length - word.length)}${meant}?`;
    return [{ source: `annotation ${name}`, message }];
  });
}
