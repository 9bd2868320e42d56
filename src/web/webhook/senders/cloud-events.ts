/** CloudEvents 1.0: structured, batched, or binary with its attributes in `ce-` headers. */
import * as z from 'zod';
import { parseJson } from '../../../core/base/json.ts';
import { readValue } from '../body.ts';
import { type Delivery, ignored, malformed, type Reading } from '../delivery.ts';
import type { PushEvent } from '../../../ports/push-event.ts';
import { anyProof, secretInHeader, secretInUrl } from '../proof.ts';
import { hostOf, pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';
import { ecrHost } from './ecr.ts';

const text = z.string().catch('');
const data = z
  .object({
    repositoryName: text,
    repository: text,
    imageTag: text,
    tag: text,
    imageDigest: text,
    digest: text,
    registryUrl: text,
    registry: text,
  })
  .partial();
const event = z.object({
  specversion: z.string(),
  type: z.string(),
  source: text,
  subject: text,
  data: data.catch({}),
});
type CloudEvent = z.infer<typeof event>;

export const cloudEvents: Sender = {
  type: 'cloudevents',
  proof: anyProof(secretInUrl, secretInHeader('x-webhook-secret')),
  read: (delivery) =>
    readValue(eventsIn(delivery), z.array(event), (events): Reading => {
      const readings = events.map(readEvent);
      const pushes = readings.flatMap((reading) => (reading.kind === 'pushes' ? reading.events : []));
      if (pushes.length > 0) return { kind: 'pushes', events: pushes };
      return readings[0] ?? ignored('a batch without events');
    }),
};

/** One event, the events of a batch, or one whose attributes are headers. */
function eventsIn({ header, body }: Delivery): unknown {
  const value = parseJson(body.toString('utf8'));
  if (value === undefined || Array.isArray(value)) return value;
  if (header('ce-specversion') === undefined) return [value];
  const attributes = ['specversion', 'type', 'source', 'subject'].map((name) => [name, header(`ce-${name}`)]);
  return [{ ...Object.fromEntries(attributes), data: value }];
}

function readEvent(value: CloudEvent): Reading {
  const isEcr = value.type.startsWith('com.amazon.ecr.');
  if (!isEcr && !/container|image|artifact/.test(value.type)) return ignored(`event ${value.type}`);
  if (/delete|scan/i.test(value.type)) return ignored(`event ${value.type}`);
  const pushed = isEcr ? ofEcr(value) : ofOther(value);
  return pushed === undefined
    ? malformed('the event names no repository')
    : { kind: 'pushes', events: [pushed] };
}

/** `source` is `arn:aws:ecr:<region>:<account>:…`. */
function ofEcr(value: CloudEvent): PushEvent | undefined {
  const [, region, account] = /^(?:urn|arn):aws[a-z-]*:ecr:([a-z0-9-]+):(\d{12}):/.exec(value.source) ?? [];
  if (region === undefined || account === undefined) return undefined;
  return pushOf(value, ecrHost(account, region));
}

function ofOther(value: CloudEvent): PushEvent | undefined {
  return pushOf(value, hostOf(value.data.registryUrl || value.data.registry || value.source));
}

/** `subject` is `repository:tag` where the data do not say. */
function pushOf({ data: about, subject }: CloudEvent, registry: string): PushEvent | undefined {
  const [, name = '', tag] = /^(.+?)(?::([^/:]+))?$/.exec(subject) ?? [];
  return pushEvent(registry, about.repositoryName || about.repository || name, {
    tag: about.imageTag || about.tag || tag,
    digest: about.imageDigest || about.digest,
  });
}
