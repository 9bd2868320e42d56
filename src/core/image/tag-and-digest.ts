/** Tags and digests by their form, as the distribution-spec has them. */

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/; // distribution-spec v1.1, "Pulling manifests"
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** One that can be checked: SHA-256 or SHA-512 in lower case. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}
