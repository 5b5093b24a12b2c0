/** The English words of the configuration screen. */
export const enConfiguration = {
  title: 'Configuration',
  lead: 'How each kind of content reaches the people and the pages that follow it.',
  refresh: 'Refresh',
  asOf: 'As of {{at}}',
  stale: 'These figures are of {{at}}: the server has not answered since.',
  resource: 'Content',
  live: 'Live',
  liveYes: 'Yes',
  liveNotify: 'Signal only',
  liveNo: 'No',
  priority: 'Priority',
  priorities: { high: 'High', medium: 'Medium', low: 'Low' },
  followers: 'Following now',
  rows: 'Records',
  empty: 'No content is open to your account.',
  help: {
    live: 'Live: a save appears in open pages at once. Signal only: open pages hear that something changed and load it again. No: it appears when a page is loaded.',
    followers: 'Following now counts open pages and panels, this one among them.',
  },
};
