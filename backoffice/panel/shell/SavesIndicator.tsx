import { use, useState } from 'react';
import { RealtimeSyncIndicator } from '../../react/index.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useColorScheme } from '../look/useColorScheme.ts';
import { useFormats } from '../language/useFormats.ts';

/** The published indicator over the panel's save queue; it comes with the code of the queue. */
export function SavesIndicator() {
  const { saves } = usePanelServices();
  const { language } = useFormats();
  const { shown } = useColorScheme();
  // One promise for the life of the component: `use` asks for the same one again.
  const [opened] = useState(saves.open);
  return <RealtimeSyncIndicator service={use(opened)} locale={language} colorScheme={shown} />;
}
