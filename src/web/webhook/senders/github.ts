/**
 * GitHub's container registry. Source: docs.github.com, "Webhook events and payloads", package and registry_package.
 * One event for each version that a push makes: children of an index and attestations come without a tag.
 */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { type Delivery, ignored, malformed, type Reading } from '../delivery.ts';
import { signedBody } from '../proof.ts';
import { pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const text = z.string().catch('');
const version = z
  .object({
    name: text,
    version: text,
    container_metadata: z.object({ tag: z.object({ name: text, digest: text }).partial() }).partial(),
  })
  .partial();
const thePackage = z.object({
  name: z.string(),
  package_type: text,
  owner: z.object({ login: z.string() }),
  package_version: version.nullish(),
});
const body = z.object({
  action: z.string(),
  package: thePackage.optional(),
  registry_package: thePackage.optional(),
});

const events: ReadonlySet<string> = new Set(['package', 'registry_package']);
const actions: ReadonlySet<string> = new Set(['published', 'updated']);

export const github: Sender = {
  type: 'ghcr.io',
  proof: signedBody(['x-hub-signature-256'], 'sha256='),
  read: (delivery) => {
    const event = delivery.header('x-github-event');
    if (event === undefined) return malformed('missing X-GitHub-Event header');
    return events.has(event) ? readPackage(delivery) : ignored(`event ${event}`);
  },
};

function readPackage(delivery: Delivery): Reading {
  return readBody(delivery, body, (value): Reading => {
    const about = value.package ?? value.registry_package;
    if (!actions.has(value.action)) return ignored(`action ${value.action}`);
    if (about === undefined) return malformed('the payload has no package');
    if (about.package_type.toLowerCase() !== 'container')
      return ignored(`a package of type ${about.package_type}`);
    const made = about.package_version;
    const names = [made?.container_metadata?.tag?.name, made?.name, made?.version].map((name) => name ?? '');
    const digest = names.find((name) => name.startsWith('sha256:')) ?? made?.container_metadata?.tag?.digest;
    const tag = names.find((name) => name !== '' && !name.startsWith('sha256:'));
    const event = pushEvent('ghcr.io', `${about.owner.login}/${about.name}`, { tag, digest });
    return event === undefined
      ? malformed('the payload names no repository')
      : { kind: 'pushes', events: [event] };
  });
}
