import type { enConflict } from './enConflict.ts';
import type { enDetails } from './enDetails.ts';
import type { enDrafts } from './enDrafts.ts';
import type { enNotifications } from './enNotifications.ts';
import type { enOperations } from './enOperations.ts';
import type { enQuestions } from './enQuestions.ts';
import type { enConfiguration } from './enConfiguration.ts';
import type { enReach } from './enReach.ts';
import type { enUndo } from './enUndo.ts';
import type { enWebhooks } from './enWebhooks.ts';

/** The panel in English; its shape is the shape of every dictionary. */
export const en = {
  common: {
    loading: 'Loading…',
    loadFailed: 'This could not be loaded',
    unreachable: 'The server does not answer. Check your connection, then try again.',
    serverFault: 'Something went wrong on the server. Try again in a moment.',
    forbidden: 'You are not allowed to see this. Ask an administrator.',
    unknownFault: 'Something unexpected happened. Try again.',
    retry: 'Try again',
    details: 'Details',
    code: 'Code',
    requestId: 'Request',
    serverSays: 'The server says',
    close: 'Close',
    cancel: 'Cancel',
    newTab: '(opens in a new tab)',
  },
  login: {
    title: 'Sign in',
    name: 'User name',
    password: 'Password',
    button: 'Sign in',
    running: 'Signing in…',
    nameMissing: 'Enter your user name.',
    passwordMissing: 'Enter your password.',
    refused: 'The user name or the password is not right. Check both.',
  },
  shell: {
    skip: 'Skip to content',
    navigation: 'Main navigation',
    bar: 'Connection and account',
    content: 'Content',
    menu: 'Menu',
    openMenu: 'Open the menu',
    nothingTitle: 'Nothing to edit yet',
    nothing: 'No content is open to your account. Ask an administrator.',
  },
  user: {
    language: 'Language',
  },
  connection: {
    connecting: 'Connecting…',
    live: 'Live',
    polling: 'Refreshing every few seconds',
    offline: 'Offline',
  },
  form: {
    requiredMark: 'Fields marked * are required.',
    noChoice: 'None',
    empty: 'Empty',
    yes: 'Yes',
    no: 'No',
    appendOnly: 'Items can be added; those that are there stay.',
    secret: 'Never shown again once it is saved. Leave empty to keep it.',
    characters: '{{used}} of {{limit}} characters',
    tagPlaceholder: 'Type, then press Enter',
    removeTag: 'Remove “{{text}}”',
    noItems: 'Nothing here yet.',
    itemOf: '{{label}}, item {{position}}',
    add: 'Add an item',
    addTo: 'Add an item: {{label}}',
    remove: 'Remove',
    moveUp: 'Up',
    moveDown: 'Down',
    removeItem: 'Remove item {{position}}',
    moveUpItem: 'Up: move item {{position}}',
    moveDownItem: 'Down: move item {{position}}',
    readOnly: {
      immutable: 'Set once; it does not change any more.',
      preserve: 'Kept as it is: no save changes it.',
      server: 'Written by the server at each save.',
      counter: 'Counted automatically.',
      noDrawing: 'Shown as it is stored; it cannot be edited here.',
      noPermission: 'Your account may read this but not change it.',
    },
  },
  save: {
    save: 'Save',
    draft: 'Save draft',
    draftShort: 'Save',
    create: 'Create',
    discard: 'Discard changes',
    discardShort: 'Discard',
    shortcut: 'Ctrl+S or ⌘S',
    nothing: 'No changes',
    saved: 'Saved',
    failed: 'Not saved',
  },
  record: {
    untitled: 'Untitled',
    new: 'Add: {{item}}',
    breadcrumb: 'Breadcrumb',
    openSite: 'Open the site',
    about: 'About this record',
    viewerOnly: 'Your account may read this but not change it.',
  },
  publication: {
    column: 'On the site',
    draft: 'Draft, not on the site',
    published: 'Published',
    modified: 'Modified since publication',
    publish: 'Publish',
    saveAndPublish: 'Save and publish',
    unpublish: 'Unpublish',
  },
  list: {
    add: 'Add: {{item}}',
    search: 'Search',
    searchIn: 'Search: {{label}}',
    clearSearch: 'Clear the search',
    count_one: '{{count}} record',
    count_other: '{{count}} records',
    shown: '{{shown}} of {{total}} shown',
    more: 'Show more',
    empty: '{{label}}: nothing here yet.',
    nothingFound: 'Nothing found for “{{search}}”.',
  },
  notFound: {
    page: 'This page does not exist',
    pageLead: 'The address may have a typing error, or the content was renamed.',
    home: 'To the start page',
    record: 'This record does not exist',
    recordLead: 'It may have been deleted meanwhile.',
    list: 'Back to the list',
  },
  broken: {
    title: 'This screen does not work',
    lead: 'Load the page again: the panel may have been updated meanwhile.',
    reload: 'Load again',
  },
};

/** The words of one language that stand when a screen is shown: the same keys with other texts. */
export type FirstWords = typeof en;

/** All words of one language; those of details, questions and conflicts come after the first screen, the last with what they are for. */
export type Dictionary = FirstWords &
  typeof enDetails &
  typeof enQuestions & {
    readonly conflict: typeof enConflict;
    readonly configuration: typeof enConfiguration;
    readonly drafts: typeof enDrafts;
    readonly notifications: typeof enNotifications;
    readonly operations: typeof enOperations;
    readonly reach: typeof enReach;
    readonly undo: typeof enUndo;
    readonly webhooks: typeof enWebhooks;
  };
