/** Google Artifact Registry by Pub/Sub push. Source: cloud.google.com, "Configure Pub/Sub notifications". */
import * as z from 'zod';
import { parseJson } from '../../../core/base/json.ts';
import { readBody, readValue } from '../body.ts';
import { ignored, malformed, type Reading } from '../delivery.ts';
import { secretInUrl } from '../proof.ts';
import { pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const body = z.object({ message: z.object({ data: z.string() }) });
const text = z.string().catch('');
const data = z.object({ action: z.string(), digest: text, tag: text });

export const artifactRegistry: Sender = {
  type: 'gar',
  proof: secretInUrl,
  read: (delivery) =>
    readBody(delivery, body, ({ message }) =>
      readValue(parseJson(Buffer.from(message.data, 'base64').toString('utf8')), data, readNotice),
    ),
};

/** `europe-docker.pkg.dev/p/r/api@sha256:…` and `…/api:1.4.0`. */
function readNotice({ action, digest, tag }: z.infer<typeof data>): Reading {
  if (action !== 'INSERT') return ignored(`action ${action}`);
  const [, host = '', name = ''] = /^([^/@]+)\/([^@]+?)(?:@.*|:[^/]*)?$/.exec(tag || digest) ?? [];
  const version = { tag: /:([^/:@]+)$/.exec(tag)?.[1], digest: /@(.+)$/.exec(digest)?.[1] };
  const event = pushEvent(host, name, version);
  return event === undefined
    ? malformed('the message names no repository')
    : { kind: 'pushes', events: [event] };
}
