import { useEffect, useRef, useState, type FormEvent, type ReactElement } from 'react';
import { askOnce } from './askOnce.tsx';
import { GoalCard } from './GoalCard.tsx';
import { usePageLanguage } from './PageLanguage.tsx';
import { useSaveFault } from './useSaveFault.tsx';
import { useGoals, useOptimisticCreateGoal, useRealtimeGoals, type Goal } from './goals.tsx';

/** The goals of an organization: loaded once, then kept up to date by what everybody saves. */
export function GoalList(props: { readonly organization: string }): ReactElement {
  const { organization } = props;
  const { words } = usePageLanguage();
  const { goals, isLoading, isError, refetch } = useGoals({ organization_id: organization });
  const [open, setOpen] = useState<string | null>(null);
  // What the open form knows and the list does not: asked when it is about to close.
  const hasTyped = useRef(false);
  useRealtimeGoals(organization);
  const gone = useDeletedMeanwhile(goals, isLoading ? null : open);
  const shown = gone === null ? goals : [...goals, gone].sort((a, b) => (a.id < b.id ? -1 : 1));
  const show = async (id: string | null) => {
    const { title, description, confirm } = words.drop;
    if (hasTyped.current && !(await askOnce({ title, description, confirmLabel: confirm }))) return;
    setOpen(id);
  };
  return (
    <section aria-labelledby="goals" className="goals">
      <h2 id="goals">{words.goals.heading}</h2>
      <NewGoal organization={organization} />
      {isLoading && <p className="quiet">{words.loading}</p>}
      {isError && (
        <div role="alert">
          <p>{words.loadFailed}</p>
          <button type="button" onClick={() => void refetch()}>
            {words.retry}
          </button>
        </div>
      )}
      {!isLoading && !isError && shown.length === 0 && <p className="quiet">{words.goals.empty}</p>}
      <ul>
        {shown.map((goal) => (
          <GoalCard
            key={goal.id}
            goal={goal}
            isOpen={goal.id === open}
            isGone={goal === gone}
            onToggle={() => void show(goal.id === open ? null : goal.id)}
            onRemoved={() => setOpen(null)}
            onTyped={(has) => {
              hasTyped.current = has;
            }}
          />
        ))}
      </ul>
    </section>
  );
}

/** The goal that is open here and that somebody else has deleted: it stays until its form is closed, with what was typed. */
function useDeletedMeanwhile(goals: readonly Goal[], open: string | null): Goal | null {
  const [last, setLast] = useState<Goal | null>(null);
  const found = goals.find(({ id }) => id === open);
  useEffect(() => {
    if (found !== undefined) setLast(found);
  }, [found]);
  return found === undefined && last !== null && last.id === open ? last : null;
}

/** A new goal shows at once; one that the server refuses leaves the list, and its name comes back into the field. */
function NewGoal(props: { readonly organization: string }): ReactElement {
  const { words } = usePageLanguage();
  const [name, setName] = useState('');
  const tellFault = useSaveFault();
  const create = useOptimisticCreateGoal({
    onError: (error, fields) => {
      tellFault(error, fields.name ?? '');
      setName((typed) => (typed === '' ? (fields.name ?? '') : typed));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    create.mutate({ name: wanted, progress: 0, status: 'open', organization_id: props.organization });
    setName('');
  };
  return (
    <form className="new-goal" onSubmit={submit}>
      <label>
        <span className="hidden">{words.goals.newName}</span>
        <input
          placeholder={words.goals.newName}
          maxLength={160}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <button type="submit" className="primary">
        {words.goals.add}
      </button>
      {create.isQueued && <p className="quiet">{words.goals.queued}</p>}
    </form>
  );
}
