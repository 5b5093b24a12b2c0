import { RealtimeIndicator, RealtimeSyncIndicator, useConnectionManager, useSyncState } from 'backoffice-sync/react';
import { useEffect, useState, type ReactElement } from 'react';
import { organizations, type OrganizationId } from '../organizations.ts';
import { askOnce } from './askOnce.tsx';
import { CandidatesBox } from './CandidatesBox.tsx';
import { GoalList } from './GoalList.tsx';
import { usePageLanguage } from './PageLanguage.tsx';
import { useShowToast } from './Toasts.tsx';
import type { SignedIn } from './useSession.tsx';
import { useProfiles } from './profiles.tsx';

/** The goals and the candidates of the user's organization; an admin, who is in none, chooses one. */
export function Workspace(props: { readonly user: SignedIn; readonly onSignOut: () => Promise<void> }): ReactElement {
  const { user, onSignOut } = props;
  const { language, words, change } = usePageLanguage();
  const { profiles, isLoading, isError, refetch } = useProfiles({ account: user.id });
  const [chosen, setChosen] = useState<OrganizationId>('atelier-nord');
  const profile = profiles[0];
  const isFree = user.role === 'admin';
  const organization = isFree ? chosen : profile?.organization_id;
  useMessageToasts();
  const signOut = useGuardedSignOut(onSignOut);

  return (
    <div className="page">
      <header className="top">
        <div className="top-inner">
          <h1>{organization === undefined ? words.title : nameOf(organization)}</h1>
          <RealtimeIndicator table="goals" detailed showReconnect locale={language} />
          <nav aria-label={words.title}>
            <a href="/admin">{words.panel}</a>
            <button type="button" className="plain" onClick={change}>
              {words.otherLanguage}
            </button>
            <button type="button" className="plain" onClick={() => void signOut()}>
              {words.signOut}
            </button>
          </nav>
        </div>
      </header>
      <main className="columns">
        {isFree && (
          <label className="organization">
            {words.organization}
            <select value={chosen} onChange={(event) => setChosen(event.target.value as OrganizationId)}>
              {Object.entries(organizations).map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        {isLoading && <p className="quiet">{words.loading}</p>}
        {isError && (
          <div role="alert">
            <p>{words.loadFailed}</p>
            <button type="button" onClick={() => void refetch()}>
              {words.retry}
            </button>
          </div>
        )}
        {organization !== undefined && (
          <>
            <GoalList key={`goals-${organization}`} organization={organization} />
            <CandidatesBox key={`candidates-${organization}`} organization={organization} />
          </>
        )}
      </main>
      <RealtimeSyncIndicator locale={language} />
    </div>
  );
}

function nameOf(organization: string): string {
  return (organizations as Readonly<Record<string, string>>)[organization] ?? organization;
}

/** Shows what is sent to this user, in every tab that he has open. */
function useMessageToasts(): void {
  const show = useShowToast();
  const { onMessage } = useConnectionManager();
  useEffect(
    () =>
      onMessage(
        ({ payload }) => {
          if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return;
          const { title, message } = payload as { readonly title?: unknown; readonly message?: unknown };
          const text = [title, message].filter((part) => typeof part === 'string' && part !== '').join(' · ');
          if (text !== '') show(text);
        },
        { types: ['notification'] },
      ),
    [onMessage, show],
  );
}

/** Leaving with saves that wait is asked about, here and at the tab: the queue is in the memory of this page. */
function useGuardedSignOut(onSignOut: () => Promise<void>): () => Promise<void> {
  const { words } = usePageLanguage();
  const { queueLength } = useSyncState();
  const isWaiting = queueLength > 0;
  useEffect(() => {
    if (!isWaiting) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isWaiting]);
  return async () => {
    const { title, description, confirm } = words.leave;
    if (isWaiting && !(await askOnce({ title, description, confirmLabel: confirm }))) return;
    await onSignOut();
  };
}
