import { usePresence } from 'backoffice-sync/react';
import { useEffect, useState, type FormEvent, type ReactElement } from 'react';
import { askOnce } from './askOnce.tsx';
import { usePageLanguage } from './PageLanguage.tsx';
import { useGoalDraft, type GoalFields } from './useGoalDraft.tsx';
import { useSaveFault } from './useSaveFault.tsx';
import { useOptimisticDeleteGoal, useOptimisticUpdateGoal, type Goal } from './goals.tsx';

type Field = keyof GoalFields;

/** The form of a goal. What is typed stays through saves of others, and through a save that is refused. */
export function GoalEditor(props: {
  readonly id: string;
  readonly goal: Goal;
  readonly isGone: boolean;
  readonly onRemoved: () => void;
  readonly onTyped: (has: boolean) => void;
}): ReactElement {
  const { id, goal, isGone, onRemoved, onTyped } = props;
  const { words } = usePageLanguage();
  const draft = useGoalDraft(goal);
  const [field, setField] = useState<Field | null>(null);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const tellFault = useSaveFault();
  const update = useOptimisticUpdateGoal({
    base: draft.base,
    onSuccess: (_record, sent) => draft.stored(sent),
    onError: (error) => setRefused(tellFault(error, goal.name)),
  });
  const remove = useOptimisticDeleteGoal({ onError: (error) => void tellFault(error, goal.name) });

  const hasTyped = Object.keys(draft.changed).length > 0;
  useEffect(() => {
    onTyped(hasTyped);
    return () => onTyped(false);
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isGone || !hasTyped) return;
    if (Number.isNaN(draft.shown.progress)) return setRefused(['progress']);
    setRefused([]);
    update.mutate({ id: goal.id, ...draft.changed });
  };
  const askToDelete = async () => {
    const { title, description, confirm } = words.remove;
    if (!(await askOnce({ title: title(goal.name), description, confirmLabel: confirm }))) return;
    remove.mutate(goal.id);
    onRemoved();
  };
  const attributes = (name: Field) => ({
    id: `${id}-${name}`,
    onFocus: () => setField(name),
    'aria-invalid': refused.includes(name) || undefined,
    'aria-describedby': refused.includes(name) ? `${id}-${name}-fault` : undefined,
  });
  const label = (name: Field, text: string, input: ReactElement) => (
    <div className={`field field-${name}`}>
      <label htmlFor={`${id}-${name}`}>{text}</label>
      {input}
      {refused.includes(name) && (
        <p id={`${id}-${name}-fault`} className="fault-text">
          {words.form.invalid}
        </p>
      )}
    </div>
  );

  return (
    // The server judges what is valid, and says so beside the field.
    <form id={id} noValidate onSubmit={submit} onBlur={() => setField(null)}>
      {isGone ? (
        <p className="fault-text" role="alert">
          {words.form.gone}
        </p>
      ) : (
        <WhoIsHere goal={goal.id} field={field} />
      )}
      <div className="fields">
        {label(
          'name',
          words.form.name,
          <input
            {...attributes('name')}
            value={draft.shown.name}
            onChange={(event) => draft.type('name', event.target.value)}
          />,
        )}
        {label(
          'progress',
          words.form.progress,
          <input
            {...attributes('progress')}
            type="number"
            min={0}
            max={100}
            value={Number.isNaN(draft.shown.progress) ? '' : String(draft.shown.progress)}
            // An empty field is no number, and above all not 0.
            onChange={(event) => draft.type('progress', event.target.valueAsNumber)}
          />,
        )}
        {label(
          'status',
          words.form.status,
          <select
            {...attributes('status')}
            value={draft.shown.status}
            onChange={(event) => draft.type('status', event.target.value as Goal['status'])}
          >
            {Object.entries(words.goals.statuses).map(([status, text]) => (
              <option key={status} value={status}>
                {text}
              </option>
            ))}
          </select>,
        )}
        {label(
          'due_on',
          words.form.due,
          <input
            {...attributes('due_on')}
            type="date"
            value={draft.shown.due_on ?? ''}
            onChange={(event) => draft.type('due_on', event.target.value)}
          />,
        )}
        {label(
          'description',
          words.form.description,
          <textarea
            {...attributes('description')}
            rows={4}
            value={draft.shown.description ?? ''}
            onChange={(event) => draft.type('description', event.target.value)}
          />,
        )}
      </div>
      {update.isQueued && <p className="quiet">{words.goals.queued}</p>}
      <div className="actions">
        <button type="submit" className="primary" disabled={isGone || !hasTyped}>
          {words.form.save}
        </button>
        <button type="button" className="danger" disabled={isGone} onClick={() => void askToDelete()}>
          {words.form.remove}
        </button>
      </div>
    </form>
  );
}

/** Who else has this goal open, and on which field. */
function WhoIsHere(props: { readonly goal: string; readonly field: Field | null }): ReactElement {
  const { words } = usePageLanguage();
  const { members, self } = usePresence(`presence:goal:${props.goal}`, { field: props.field });
  const fields: Readonly<Record<Field, string>> = {
    name: words.form.name,
    description: words.form.description,
    progress: words.form.progress,
    status: words.form.status,
    due_on: words.form.due,
  };
  const others = members
    .filter(({ key }) => key !== self?.key)
    .map(({ user, state }) => {
      const on = fields[state['field'] as Field];
      return on === undefined ? user.name : words.form.on(user.name, on);
    });
  return (
    <p className="presence" role="status">
      {others.length === 0 ? words.form.alone : words.form.here(others.join(', '))}
    </p>
  );
}
