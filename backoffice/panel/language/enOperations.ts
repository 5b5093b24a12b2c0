/** The English words of the navigation for those who may configure. */
export const enOperations = {
  title: 'Operations',
  webhooks: 'Webhooks',
  configuration: 'Configuration',
  toSee_one: '{{count}} needs attention',
  toSee_other: '{{count}} need attention',
};
