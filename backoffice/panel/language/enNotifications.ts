/** The English words around notifications. */
export const enNotifications = {
  warning: 'Warning: {{title}}',
  error: 'Error: {{title}}',
  more_one: 'and {{count}} more notification',
  more_other: 'and {{count}} more notifications',
  webhookOff: {
    title: 'Webhook switched off: {{name}}',
    gone: 'Its receiver asked for no more calls. Switch it on again under Webhooks when it does.',
    failing: 'Its receiver took nothing for days. Switch it on again under Webhooks when it works.',
    other: 'It is called no more. Webhooks says why.',
  },
  webhookHeld: {
    title: 'Webhook not called: {{name}}',
    message:
      'Nobody answers for the name in its address. What waits is sent when somebody does; have that name looked at.',
  },
};
