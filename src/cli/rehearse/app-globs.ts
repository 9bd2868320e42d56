/** `--app`: Applications by globs of their names. */
import type { Scope } from '../../app/trigger/trigger.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { quoted } from '../../core/base/quoted.ts';
import type { AppKey } from '../../core/config/application.ts';
import { type Glob, globMatches, parseGlob } from '../../core/version/glob.ts';

export interface NamedScope {
  readonly scope: Scope;
  /** Everybody that the cycle was shown, in the order of the list. */
  readonly shown: ReadonlySet<AppKey>;
  readonly matches: (app: AppKey) => boolean;
}

/** A glob with a slash is compared with `namespace/name`, one without it with the name. None: everybody. */
export function scopeOf(texts: readonly string[]): Outcome<NamedScope> {
  const globs: { readonly glob: Glob; readonly isWhole: boolean }[] = [];
  for (const text of texts) {
    const glob = parseGlob(text);
    if (glob === undefined) {
      return fail(
        configFailure(`--app ${quoted(text)} is a malformed pattern; expected one such as team-*/shop-*`),
      );
    }
    globs.push({ glob, isWhole: text.includes('/') });
  }
  const isNamed = (app: AppKey): boolean =>
    globs.length === 0 ||
    globs.some(({ glob, isWhole }) => globMatches(glob, isWhole ? app : app.slice(app.indexOf('/') + 1)));
  return succeed(scopeBy(isNamed));
}

export function scopeBy(matches: (app: AppKey) => boolean): NamedScope {
  const shown = new Set<AppKey>();
  const watching = (app: AppKey): boolean => {
    shown.add(app);
    return matches(app);
  };
  return { scope: { kind: 'matching', matches: watching }, shown, matches };
}
