/** `sourceRepos` of an AppProject: which repositories the Applications of a project may use, as Argo CD judges. */
import { printedGoUrl } from './go-url.ts';
import { compileSourceGlob, type TextTest } from './source-glob.ts';

/** May Applications of the project use the repository? */
export type SourceJudge = (repoURL: string) => boolean;

/**
 * Any pattern that fits permits, any `!`-pattern that fits refuses; a `!`-pattern that does not fit permits too.
 * Source: Argo CD 3, `AppProject.IsSourcePermitted`.
 */
export function makeSourceJudge(sourceRepos: readonly string[]): SourceJudge {
  const rules = sourceRepos.map(readRule);
  return (repoURL) => {
    const url = normalizeGitUrl(repoURL);
    if (url === '' || hasHiddenSteps(repoURL)) return false;
    const fitting = rules.map(({ denies, fits }) => ({ denies, isFit: fits(url) }));
    if (fitting.some(({ denies, isFit }) => denies && isFit)) return false;
    return fitting.some(({ denies, isFit }) => denies || isFit);
  };
}

interface Rule {
  readonly denies: boolean;
  readonly fits: TextTest;
}

const fitsNothing: TextTest = () => false;

function readRule(pattern: string): Rule {
  const denies = pattern.startsWith('!');
  const normalized = normalizeGitUrl(denies ? pattern.slice(1) : pattern);
  if (!denies && normalized === '*') return { denies, fits: () => true };
  return { denies, fits: compileSourceGlob(normalized) ?? fitsNothing };
}

/**
 * One text for the usual spellings of a repository: lower case, without `.git` and `ssh://`, `user@host/path` for the
 * scp form. "" for what is no URL. Source: Argo CD 3, `git.NormalizeGitURL`.
 */
export function normalizeGitUrl(text: string): string {
  let url = text.replaceAll(goSpace, '').toLowerCase();
  const isSsh = /^(?:ssh:\/\/)?[^/:]*@[^@]+$/.test(url);
  if (isSsh && !url.startsWith('ssh://')) url = `ssh://${url.replace(':', '/')}`;
  const printed = printedGoUrl(url.replace(/\.git$/, '')) ?? '';
  return printed.replace(/^ssh:\/\//, '');
}

/** Blanks at both ends, as `strings.TrimSpace` sees them. */
const goSpace =
  /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

/** Git is given the URL without them: the text would name one repository, and the URL another. */
function hasHiddenSteps(text: string): boolean {
  return /\\|(?:^|[/:])(?:\.|%2e){1,2}(?:[/?#]|$)/i.test(text.trim());
}
