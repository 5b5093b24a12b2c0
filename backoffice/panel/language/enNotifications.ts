/** The English words around notifications. */
export const enNotifications = {
  warning: 'Warning: {{title}}',
  error: 'Error: {{title}}',
  more_one: 'and {{count}} more notification',
  more_other: 'and {{count}} more notifications',
};
