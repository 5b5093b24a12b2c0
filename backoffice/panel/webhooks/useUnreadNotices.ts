import { useEffect } from 'react';
import { isJsonObject } from '../../../shared/json.ts';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { tellNotification } from '../feedback/tellNotification.ts';

/** Notices that are read at once; what is left comes with the next look. */
const atOnce = 20;

/**
 * Shows what the product has told while nobody was here, and marks it as read once it was shown. Looked for at the start, and each time
 * that `of` is another text.
 */
export function useUnreadNotices(of: string): void {
  const { config } = usePanelServices();
  useEffect(() => {
    const leaving = new AbortController();
    void tellUnread(`${config.backendUrl}/api/notifications`, leaving.signal);
    return () => leaving.abort();
  }, [config, of]);
}

async function tellUnread(url: string, signal: AbortSignal): Promise<void> {
  // No answer: the connection state says so, and they are looked for again with the next start.
  const page = await requestJson(`${url}?unread=1&limit=${atOnce}`, { signal }).catch(() => null);
  const list = (page as { readonly notifications?: unknown } | null)?.notifications;
  if (signal.aborted || !Array.isArray(list)) return;
  // Oldest first, as they would have come. What others have written is for their own pages.
  for (const notice of [...list].reverse()) {
    if (!isJsonObject(notice) || typeof notice['code'] !== 'string' || typeof notice['id'] !== 'string') continue;
    const { id, createdAt } = notice;
    const onRead = () => void requestJson(`${url}/${id}/read`, { method: 'POST' }).catch(() => undefined);
    await tellNotification({ id, type: 'notification', payload: notice, at: String(createdAt), from: null }, onRead);
  }
}
