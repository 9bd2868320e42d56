/** Which pre-releases are candidates (spec/policies.md 8.4). */
import { parseVersion, type Version } from './version.ts';

/** `deny`, or the identifiers that are admitted, in lower case. */
export type PrereleaseRule = 'deny' | readonly string[];

const identifierPattern = /^[A-Za-z-]+$/;

/** `allow` is no rule. A text: what is wrong with the value. */
export function parsePrereleaseRule(
  value: string,
): { readonly rule?: PrereleaseRule } | { readonly problem: string } {
  const word = value.trim().toLowerCase();
  if (word === 'allow') return {};
  if (word === 'deny') return { rule: 'deny' };
  const items = value.split(',').map((item) => item.trim());
  for (const item of items) {
    if (identifierPattern.test(item) && !['allow', 'deny'].includes(item.toLowerCase())) continue;
    const meant = /^[A-Za-z-]+(?=[.\d])/.exec(item)?.[0];
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    return {
      problem: `expected allow, deny, or identifiers parted by commas, such as rc or alpha,beta${hint}`,
    };
  }
  return { rule: [...new Set(items.map((item) => item.toLowerCase()))] };
}

/** Releases always are; a pre-release by its first identifier up to the first digit: `rc1` and `rc.1` are `rc`. */
export function isAdmittedBy(rule: PrereleaseRule, { prerelease }: Version): boolean {
  if (prerelease === '') return true;
  return rule !== 'deny' && rule.includes(wordOf(prerelease));
}

/** What an identifier says without its count, in lower case. */
export function wordOf(identifier: string): string {
  return (/^[^.\d]*/.exec(identifier)?.[0] ?? '').toLowerCase();
}

/** The version that a pre-release comes before. */
export function releaseOf(version: Version): Version {
  if (version.prerelease === '') return version;
  return parseVersion(`${version.major}.${version.minor}.${version.patch}`) ?? version;
}
