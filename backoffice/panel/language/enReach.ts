/** Words for how far a save has come. */
export const enReach = {
  sent: 'sent to the site',
  shown: 'shown on the site after {{time}}',
  late: 'the site still shows an older version',
  callFails: 'a site could not be told',
  callWaits: 'a site has not been told yet',
  hidden: 'nothing that the site shows has changed',
  nobody: 'no open page of the site to see it on',
  toWebhooks: 'See the webhooks',
  resend: 'Send again to {{name}}',
  resending: 'sent again, waiting for the answer…',
  resendRefused: 'It did not get through. Try again, or see the webhooks.',
};
