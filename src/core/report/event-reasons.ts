/** Every reason that our Events have. The documentation's table is made from it. */

interface EventTexts {
  readonly types: readonly ('Normal' | 'Warning')[];
  /** In Markdown. */
  readonly text: string;
}

const withheldText =
  'a [policy](policies.md) withholds a version, once for each reason and version: holds, and what somebody should look at; `policy-unknown` in the third cycle, `promote` after a day, `rollout` after an hour, `limit` once a day; neither ages nor windows. A freeze is told on the ConfigMap of holds';

export const eventReasons = {
  ImagesUpdated: { types: ['Normal'], text: 'something was written, as in 0.18' },
  ImageHeld: {
    types: ['Normal', 'Warning'],
    text: `${withheldText}. A person, a newer version or another tag must come`,
  },
  ImageWaiting: { types: ['Normal', 'Warning'], text: 'the same, and it ends by itself' },
  GroupSplit: {
    types: ['Warning'],
    text: 'some members of a [group](policies.md#groups) are written and this one is not; the next cycle goes on with it',
  },
  ImageReleased: { types: ['Normal'], text: 'no policy withholds it any more' },
  ImageUpdateFailed: {
    types: ['Warning'],
    text: 'an image could not be decided, or nothing could be written: the message says why, and what to do',
  },
  InvalidConfiguration: {
    types: ['Warning'],
    text: 'an annotation cannot be used: the message says which and what is allowed',
  },
  UpdateReverted: {
    types: ['Warning'],
    text: 'somebody put the old value back: the message names the field manager',
  },
} as const satisfies Readonly<Record<string, EventTexts>>;

export type EventReason = keyof typeof eventReasons;
export type EventType<Reason extends EventReason> = (typeof eventReasons)[Reason]['types'][number];
