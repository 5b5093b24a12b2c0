import { useEffect } from 'react';
import type { Connection } from '../../client/index.ts';

/** Lets go of the server while the page is hidden; when it is seen again everything goes on from where it was. */
export function usePauseWhenHidden(connection: Connection | null, isOn: boolean): void {
  useEffect(() => {
    if (!isOn || connection === null) return undefined;
    let isPaused = false;
    const look = (): void => {
      const isHidden = document.visibilityState === 'hidden';
      if (isHidden === isPaused) return;
      isPaused = isHidden;
      if (isHidden) connection.disconnect();
      else connection.reconnect();
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      if (isPaused) connection.reconnect();
    };
  }, [connection, isOn]);
}
