/** Answers of the fake API server that are no success, in the real one's shape and words. */
import type { JsonObject } from './json.ts';
import type { Resource } from './store.ts';

/** Thrown by a handler, sent as `Status`. */
export class StatusError extends Error {
  readonly body: JsonObject & { code: number };
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, reason: string, message: string, details: JsonObject = {}, headers = {}) {
    super(message);
    this.body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      details,
      code,
    };
    this.headers = headers;
  }
}

export function qualified(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

export function notFound(resource: Resource, name: string): StatusError {
  const details = detailsOf(resource, name);
  return new StatusError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, details);
}

export function alreadyExists(resource: Resource, name: string): StatusError {
  const details = detailsOf(resource, name);
  return new StatusError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, details);
}

export function conflict(resource: Resource, name: string): StatusError {
  const message =
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": the object has been modified; ` +
    'please apply your changes to the latest version and try again';
  return new StatusError(409, 'Conflict', message, detailsOf(resource, name));
}

export function invalid(resource: Resource, name: string, field: string, problem: string): StatusError {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const causes = [{ reason: 'FieldValueInvalid', message: problem, field }];
  const details = { ...detailsOf(resource, name), kind: resource.kind, causes };
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${field}: ${problem}`, details);
}

/** What a JSON patch that does not apply gets: no details, whatever was wrong. */
export function patchRefused(): StatusError {
  return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request');
}

export function forbidden(
  user: string,
  verb: string,
  resource: Resource,
  namespace: string,
  name: string,
): StatusError {
  const subject = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message =
    `${subject} is forbidden: User "${user}" cannot ${verb} resource "${resource.plural}" ` +
    `in API group "${resource.group}" ${where}`;
  return new StatusError(403, 'Forbidden', message, detailsOf(resource, name));
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new StatusError(415, 'UnsupportedMediaType', message);
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

function detailsOf(resource: Resource, name: string): JsonObject {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  };
}
