/** The addresses of the panel. None names a resource: an integrator's own has its screens at once. */
import { lazy } from 'react';
import { createBrowserRouter } from 'react-router-dom';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { NotFoundScreen } from '../feedback/NotFoundScreen.tsx';
import { RouteErrorScreen } from '../feedback/RouteErrorScreen.tsx';
import { SessionGate } from '../session/SessionGate.tsx';
import { HomeScreen } from '../shell/HomeScreen.tsx';
import { ResourceScreen } from '../shell/ResourceScreen.tsx';

const RecordScreen = lazy(async () => ({ default: (await import('../record/RecordScreen.tsx')).RecordScreen }));
const NewRecordScreen = lazy(async () => ({
  default: (await import('../newRecord/NewRecordScreen.tsx')).NewRecordScreen,
}));
const OperationScreens = lazy(async () => ({
  default: await (await import('../operations/openOperations.ts')).openOperations(),
}));
const SignOutScreen = lazy(async () => ({ default: await (await import('../session/openSignOut.ts')).openSignOut() }));

/** The routes, for the router and for tests with one of their own. */
export const panelRoutes = [
  {
    path: '/',
    element: <SessionGate />,
    errorElement: <RouteErrorScreen />,
    hydrateFallbackElement: <LateSkeleton shape="page" />,
    children: [
      { index: true, element: <HomeScreen /> },
      { path: 'sign-out', element: <SignOutScreen /> },
      // No resource can have these names.
      { path: 'webhooks/new', element: <OperationScreens /> },
      { path: 'webhooks/*', element: <OperationScreens /> },
      { path: 'sync/configuration', element: <OperationScreens /> },
      { path: ':resource', element: <ResourceScreen /> },
      { path: ':resource/new', element: <NewRecordScreen /> },
      { path: ':resource/:id', element: <RecordScreen /> },
      { path: '*', element: <NotFoundScreen /> },
    ],
  },
];

/** A router below the mount of the panel; its own address has no slash at the end, so that `/admin` is a page too. */
export function createPanelRouter(base: string): ReturnType<typeof createBrowserRouter> {
  return createBrowserRouter(panelRoutes, { basename: base.replace(/\/+$/, '') || '/' });
}
