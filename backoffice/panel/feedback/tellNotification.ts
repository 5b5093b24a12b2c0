/** Notifications of the server as toasts; the code and its words come with the first one. */
import i18next from 'i18next';
import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import type { SyncMessage } from '../../../shared/protocol/messages.ts';
import { addWords } from '../language/startLanguage.ts';
import { tellUser, type Toast } from './askUser.ts';

/** How many stand at the same time; the others are counted. */
const shownAtOnce = 3;
/** A browser without this many is not asked twice for the same one. */
const rememberedIds = 100;
const moreId = 'more-notifications';

const seen: string[] = [];
const waiting: { readonly message: SyncMessage; readonly onRead: (() => void) | undefined }[] = [];
let shown = 0;
let more = 0;
let isListening = false;

/**
 * Shows a notification for some seconds, once: three at most, and how many more came. What arrives while nobody looks at the
 * tab waits until somebody does.
 *
 * Shape   the payload is `{ title, message, type }`, with the `id` of the stored notification where there is one, and `code` and `values`
 *         where the panel has words of its own; anything else that says nothing is left out. `onRead` is called once somebody had the
 *         time to read it
 */
export async function tellNotification(message: SyncMessage, onRead?: () => void): Promise<void> {
  const id = storedIdOf(message);
  if (seen.includes(id)) return onRead?.();
  seen.push(id);
  if (seen.length > rememberedIds) seen.shift();
  // Before anything is waited for: several that come while the words do are shown in the order in which they came.
  waiting.push({ message, onRead });
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
  for (const { message, onRead } of waiting.splice(0)) {
    const toast = toToast(message);
    if (toast !== null) show(toast, onRead);
  }
}

function show(toast: Toast, onRead: (() => void) | undefined): void {
  if (shown < shownAtOnce) {
    shown += 1;
    const onGone = () => {
      shown -= 1;
      onRead?.();
    };
    tellUser({ ...toast, onGone });
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
  const known = ownWords(payload);
  const title = known?.title ?? (text(payload['title']) || text(payload['message']));
  const message = known?.message ?? (title === text(payload['message']) ? '' : text(payload['message']));
  if (title === '') return null;
  if (type === 'error')
    return { id, tone: 'bad', isUrgent: true, title: i18next.t('notifications.error', { title }), message };
  if (type === 'warning') return { id, tone: 'waiting', title: i18next.t('notifications.warning', { title }), message };
  return { id, tone: type === 'success' ? 'good' : 'plain', title, message };
}

/** What the product itself tells, in the language of the screen; null for everything that others have written. */
function ownWords({ code, values }: JsonObject): { readonly title: string; readonly message: string } | null {
  if (!isJsonObject(values)) return null;
  if (code === 'webhook.held') {
    const of = 'notifications.webhookHeld';
    return { title: i18next.t(`${of}.title`, { name: String(values['name']) }), message: i18next.t(`${of}.message`) };
  }
  if (code !== 'webhook.off') return null;
  const { name, why } = values;
  const reason = why === 'gone' || why === 'failing' ? why : 'other';
  return {
    title: i18next.t('notifications.webhookOff.title', { name: String(name) }),
    message: i18next.t(`notifications.webhookOff.${reason}`),
  };
}

/** The same for a message that is told live and for the stored one that is read later. */
function storedIdOf({ id, payload }: SyncMessage): string {
  return isJsonObject(payload) && typeof payload['id'] === 'string' ? payload['id'] : id;
}
