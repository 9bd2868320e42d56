/** Which tags are candidates: what the filter admits, and no signature is an image. */
import type { Outcome } from '../base/outcome.ts';
import { compileFilter, type TagFilter } from './filter.ts';

// A digest with `-` for its colon, cut to 64 characters by the referrers fallback, and what hangs on it: `.sig`, `.src`.
const signatureTagPattern =
  /^(?:sha256-[0-9a-f]{64}|sha384-[0-9a-f]{64,96}|sha512-[0-9a-f]{64,128})(?:\.(?:sig|att|sbom|src))?$/;

/** Rule that drops a tag, if any; `compileFilter` makes it, a cycle keeps it per filter. */
export type TagRule = (tag: string) => string | undefined;

/** Compiles a filter together with the rule that no signature is an image. */
export function tagRule(filter: TagFilter): Outcome<TagRule> {
  const compiled = compileFilter(filter);
  if (!compiled.ok) return compiled;
  return { ok: true, value: (tag) => (isSignatureTag(tag) ? 'signature' : compiled.value(tag)) };
}

/** Tags under which cosign and the referrers fallback keep signatures, attestations, SBOMs and sources of an image. */
export function isSignatureTag(tag: string): boolean {
  return signatureTagPattern.test(tag);
}
