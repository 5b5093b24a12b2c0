import { lazy } from 'react';
import { useParams } from 'react-router-dom';
import { useResource } from '../data/useResource.ts';
import { NotFoundScreen } from '../feedback/NotFoundScreen.tsx';

const SettingsPageWithSync = lazy(async () => ({
  default: (await import('../settings/SettingsPageWithSync.tsx')).SettingsPageWithSync,
}));
const RecordListScreen = lazy(async () => ({
  default: (await import('../recordList/RecordListScreen.tsx')).RecordListScreen,
}));

/** A resource at its own address: its only record, or the list of them. */
export function ResourceScreen() {
  const resource = useResource(useParams().resource);
  if (resource === undefined) return <NotFoundScreen />;
  if (resource.single) return <SettingsPageWithSync key={resource.name} resource={resource} />;
  return <RecordListScreen key={resource.name} resource={resource} />;
}
