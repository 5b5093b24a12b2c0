import { use, useCallback, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import type { QueueEntry } from '../../client/syncState.ts';
import { RealtimeSyncIndicator } from '../../react/index.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useWorkspace } from '../data/useWorkspace.ts';
import { wantedSaves } from '../drafts/wantedSaves.ts';
import { useColorScheme } from '../look/useColorScheme.ts';
import { useFormats } from '../language/useFormats.ts';
import { findSaved } from './findSaved.ts';

/** The published indicator over the panel's save queue; it comes with the code of the queue. */
export function SavesIndicator() {
  const { saves } = usePanelServices();
  const { resources = [] } = useWorkspace().data ?? {};
  const { language, words } = useFormats();
  const { shown } = useColorScheme();
  const navigate = useNavigate();
  // One promise for the life of the component: `use` asks for the same one again.
  const [opened] = useState(saves.open);
  const onOpen = useCallback(
    (entry: QueueEntry) => {
      const found = findSaved(resources, entry);
      if (found === null) return;
      wantedSaves.want(entry.id);
      void navigate(found.address);
    },
    [navigate, resources],
  );
  const labelOf = (entry: QueueEntry) => {
    const found = findSaved(resources, entry);
    if (found === null) return entry.url;
    return found.title === '' ? words(found.resource.label) : `${words(found.resource.label)} › ${found.title}`;
  };
  return (
    <RealtimeSyncIndicator
      service={use(opened)}
      locale={language}
      colorScheme={shown}
      labelOf={labelOf}
      onResolve={onOpen}
      onOpen={onOpen}
    />
  );
}
