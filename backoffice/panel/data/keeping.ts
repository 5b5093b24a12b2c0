/** What keeps saves in the browser, and the words for what became of one: fetched with the queue, as a file of its own. */
export { createOutbox } from '../../client/outbox/createOutbox.ts';
export { describeProblem } from '../../client/describeProblem.ts';
