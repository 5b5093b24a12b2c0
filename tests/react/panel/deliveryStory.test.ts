import { expect, it } from 'vitest';
import { deliveryStory } from '../../../backoffice/panel/webhooks/delivery.ts';

it.each([
  ['NAME_UNANSWERED: The name "www.example.com" could not be looked up.', 'nameServers'],
  ['getaddrinfo ENOTFOUND www.example.com', 'name'],
  ['connect ECONNREFUSED 192.0.2.1:443', 'closed'],
  ['No answer within 15 seconds.', 'timeout'],
  ['CERT_HAS_EXPIRED', 'certificate'],
  ['socket hang up', 'connection'],
] as const)('%s is told as %s', (error, story) => {
  expect(deliveryStory({ outcome: 'failed', status: null, error })).toBe(story);
});
