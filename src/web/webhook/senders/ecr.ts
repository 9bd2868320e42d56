/** Amazon ECR by EventBridge. Source: docs.aws.amazon.com, "Amazon ECR events and EventBridge". */
import * as z from 'zod';
import { readBody } from '../body.ts';
import { ignored, malformed, type Reading } from '../delivery.ts';
import { secretInHeader } from '../proof.ts';
import { pushEvent } from '../push-event.ts';
import type { Sender } from '../sender.ts';

const text = z.string().catch('');
const body = z.object({
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z0-9-]+$/),
  detail: z.object({
    'action-type': text,
    result: text,
    'repository-name': text,
    'image-tag': text,
    'image-digest': text,
  }),
});

/** The secret is a header of the connection that the API destination uses. */
export const ecr: Sender = {
  type: 'ecr',
  proof: secretInHeader('x-webhook-secret'),
  read: (delivery) =>
    readBody(delivery, body, ({ account, region, detail }): Reading => {
      const { 'action-type': action, result, 'repository-name': name } = detail;
      if (action !== 'PUSH' || result !== 'SUCCESS') return ignored(`action ${action}, result ${result}`);
      const version = { tag: detail['image-tag'], digest: detail['image-digest'] };
      const event = pushEvent(ecrHost(account, region), name, version);
      return event === undefined
        ? malformed('the payload names no repository')
        : { kind: 'pushes', events: [event] };
    }),
};

/** China has a domain of its own. */
export function ecrHost(account: string, region: string): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `${account}.dkr.ecr.${region}.${domain}`;
}
