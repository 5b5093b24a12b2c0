/** Notifications of the server as toasts; the code and its words come with the first one. */
import i18next from 'i18next';
import { isJsonObject } from '../../../shared/json.ts';
import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import { addWords } from '../language/startLanguage.ts';
import { tellUser, type Toast } from './askUser.ts';

/** How many stand at the same time; the others are counted. */
const shownAtOnce = 3;
/** A browser without this many is not asked twice for the same one. */
const rememberedIds = 100;
const moreId = 'more-notifications';

const seen: string[] = [];
const waiting: SyncMessage[] = [];
let shown = 0;
let more = 0;
let isListening = false;

/**
 * Shows a notification for some seconds, once: three at most, and how many more came. What arrives while nobody looks at the
 * tab waits until somebody does.
 *
 * Shape   the payload is `{ title, message, type }`; anything else that says nothing is left out
 */
export async function tellNotification(message: SyncMessage): Promise<void> {
  if (seen.includes(message.id)) return;
  seen.push(message.id);
  if (seen.length > rememberedIds) seen.shift();
  // Before anything is waited for: several that come while the words do are shown in the order in which they came.
  waiting.push(message);
  await addWords('notifications', async (language) => ({
    notifications:
      language === 'fr'
        ? (await import('../language/frNotifications.ts')).frNotifications
        : (await import('../language/enNotifications.ts')).enNotifications,
  }));
  if (!document.hidden) return showWaiting();
  if (isListening) return;
  isListening = true;
  document.addEventListener('visibilitychange', showWaiting);
}

function showWaiting(): void {
  if (document.hidden) return;
  for (const message of waiting.splice(0)) {
    const toast = toToast(message);
    if (toast !== null) show(toast);
  }
}

function show(toast: Toast): void {
  if (shown < shownAtOnce) {
    shown += 1;
    tellUser({ ...toast, onGone: () => (shown -= 1) });
    return;
  }
  more += 1;
  tellUser({
    tone: 'plain',
    id: moreId,
    message: i18next.t('notifications.more', { count: more }),
    onGone: () => (more = 0),
  });
}

/** Its kind is said in words where it matters: a colour alone says nothing to many. */
function toToast({ id, payload }: SyncMessage): Toast | null {
  if (!isJsonObject(payload)) return null;
  const { type } = payload;
  const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
  const title = text(payload['title']) || text(payload['message']);
  const message = title === text(payload['message']) ? '' : text(payload['message']);
  if (title === '') return null;
  if (type === 'error')
    return { id, tone: 'bad', isUrgent: true, title: i18next.t('notifications.error', { title }), message };
  if (type === 'warning') return { id, tone: 'waiting', title: i18next.t('notifications.warning', { title }), message };
  return { id, tone: type === 'success' ? 'good' : 'plain', title, message };
}
