/** The grammar of an image reference: host, path, tag, digest; and the canonical form for asking and comparing. */
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { quoted } from '../base/quoted.ts';

/** `sha256:<64 hex>`; other algorithms are kept as text. */
export type Digest = string;

/**
 * A reference in two forms. `registry` and `name` are the user's spelling, for writing back
 * (`nginx` -> "", `nginx`); `canonical` is what is asked for and compared (`docker.io`, `library/nginx`).
 */
export interface ImageRef {
  /** The text it was parsed from, without alias. */
  readonly written: string;
  /** As written, "" if none was written. */
  readonly registry: string;
  /** Repository path as written, without registry. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: Digest;
  readonly canonical: CanonicalImage;
}

export interface CanonicalImage {
  /** Host, with port if any: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** `library/nginx`, `acme/web`. */
  readonly repository: string;
}

/** The pieces of a reference, not yet checked. */
export interface ReferenceParts {
  readonly registry: string;
  readonly name: string;
  /** Text between the path's colon and the digest: a tag, or a constraint. */
  readonly version?: string;
  readonly digest?: string;
}

/** All names of one registry, Docker Hub. */
const dockerHubHosts: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

const maxNameLength = 255; // host and path, in the Docker reference grammar

const hostPattern =
  /^(?:[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*|\[[0-9A-Fa-f:.]+\])(?::\d+)?$/;
const looseNamePattern = /^\w[\w.-]*(?:\/\w[\w.-]*)*$/;
const looseTagPattern = /^\w[\w.+-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]+$/;
const imageIdPattern = /^[0-9a-f]{64}$/;

/**
 * A plain reference, such as a running image or a name in a kustomization: "nginx" -> docker.io, library/nginx;
 * "localhost:5000/app:1" -> localhost:5000, app, "1"; tag and digest are both kept.
 * More is let through than a registry would serve, as 0.18 does: upper-case paths, short digests, `+` in tags.
 * Fails (config) on anything else. Source: images.md 2.2, 2.3.
 */
export function parseImageRef(text: string): Outcome<ImageRef> {
  const written = text.trim();
  const parts = splitReference(written);
  const problem = nameProblem(parts) ?? digestProblem(parts);
  if (problem !== undefined) return refuseReference(written, problem);
  const { registry, name, version, digest } = parts;
  if (version !== undefined && version !== '' && !looseTagPattern.test(version)) {
    return refuseReference(written, `tag ${quoted(version)} is malformed`);
  }
  return succeed({
    written,
    registry,
    name,
    ...(version === undefined || version === '' ? {} : { tag: version }),
    ...(digest === undefined ? {} : { digest }),
    canonical: canonicalImage(registry, name),
  });
}

/**
 * The first component is a host if it has a dot, a colon or an upper-case letter, or is "localhost".
 * A colon behind the path parts the tag or constraint, the first `@` of all the digest.
 */
export function splitReference(text: string): ReferenceParts {
  const at = text.indexOf('@');
  const head = at === -1 ? text : text.slice(0, at);
  const colon = head.indexOf(':', head.lastIndexOf('/') + 1);
  const base = colon === -1 ? head : head.slice(0, colon);
  return {
    ...splitHost(base),
    ...(colon === -1 ? {} : { version: head.slice(colon + 1).trim() }),
    ...(at === -1 ? {} : { digest: text.slice(at + 1) }),
  };
}

/** What is wrong with host and path, for a message; undefined: nothing. */
export function nameProblem({ registry, name }: ReferenceParts): string | undefined {
  if (name === '') return 'no image is named';
  if (`${registry}/${name}`.length > maxNameLength) return `longer than ${maxNameLength} characters`;
  if (registry !== '' && !hostPattern.test(registry)) return `${quoted(registry)} is no registry host`;
  if (!looseNamePattern.test(name)) return `${quoted(name)} is no repository path`;
  if (imageIdPattern.test(name)) return 'this is the ID of an image, not its name';
  return undefined;
}

export function digestProblem({ digest }: ReferenceParts): string | undefined {
  if (digest === undefined || digestPattern.test(digest)) return undefined;
  return `digest ${quoted(digest)} is not of the form sha256:<hex digits>`;
}

/** Docker Hub has three names and keeps one-component images in `library/`; other registries are as written. */
export function canonicalImage(registry: string, name: string): CanonicalImage {
  if (registry !== '' && !dockerHubHosts.has(registry.toLowerCase())) return { registry, repository: name };
  return { registry: 'docker.io', repository: name.includes('/') ? name : `library/${name}` };
}

function refuseReference(text: string, problem: string): Outcome<never> {
  return fail(configFailure(`image ${quoted(text)}: ${problem}; expected [host/]path[:tag][@digest]`));
}

function splitHost(base: string): { readonly registry: string; readonly name: string } {
  const slash = base.indexOf('/');
  const first = base.slice(0, Math.max(slash, 0));
  if (slash === -1 || !(first === 'localhost' || /[.:A-Z]/.test(first))) return { registry: '', name: base };
  return { registry: first, name: base.slice(slash + 1) };
}
