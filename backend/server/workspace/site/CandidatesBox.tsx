import { useRealtimeSubscription } from 'backoffice-sync/react';
import { useState, type ReactElement } from 'react';
import { usePageLanguage } from './PageLanguage.tsx';
import { useShowToast } from './Toasts.tsx';
import { useCandidates, useRealtimeCandidates, type Candidate } from './candidates.tsx';

const mostNamed = 5;

/** Counts the candidates who arrive while the page is open, and says each of them: a callback for every change. */
export function CandidatesBox(props: { readonly organization: string }): ReactElement {
  const { organization } = props;
  const { words } = usePageLanguage();
  const show = useShowToast();
  const [isTold, setIsTold] = useState(true);
  const [arrived, setArrived] = useState<readonly Candidate[]>([]);
  const { candidates } = useCandidates({ organization_id: organization });
  useRealtimeCandidates(organization);
  const { status, error } = useRealtimeSubscription<Candidate>({
    table: 'candidates',
    filter: `organization_id=eq.${organization}`,
    enabled: isTold,
    onInsert: (payload) => {
      setArrived((before) => [...before, payload.new]);
      show(words.candidates.arrived(payload.new.name));
    },
  });
  return (
    <section aria-labelledby="candidates" className="candidates" data-subscription={status}>
      <h2 id="candidates">{words.candidates.heading}</h2>
      <p className="count">{words.candidates.total(candidates.length)}</p>
      <p role="status">{words.candidates.fresh(arrived.length)}</p>
      {arrived.length > 0 && (
        <ul>
          {arrived.slice(-mostNamed).map(({ id, name }) => (
            <li key={id}>{name}</li>
          ))}
        </ul>
      )}
      {error !== null && status === 'error' && <p className="fault-text">{error.message}</p>}
      <label className="check">
        <input type="checkbox" checked={isTold} onChange={(event) => setIsTold(event.target.checked)} />
        {words.candidates.tell}
      </label>
      <a href="/admin/candidates">{words.candidates.open}</a>
    </section>
  );
}
