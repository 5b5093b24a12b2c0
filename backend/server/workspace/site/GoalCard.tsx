import { useId, type ReactElement } from 'react';
import { GoalEditor } from './GoalEditor.tsx';
import { usePageLanguage } from './PageLanguage.tsx';
import type { Goal } from './goals.tsx';

/** One goal: its state in a line, and a form when it is open. */
export function GoalCard(props: {
  readonly goal: Goal;
  readonly isOpen: boolean;
  /** True: somebody else has deleted it, and only the open form is left. */
  readonly isGone: boolean;
  readonly onToggle: () => void;
  readonly onRemoved: () => void;
  /** Told whether the open form holds something that is not saved. */
  readonly onTyped: (has: boolean) => void;
}): ReactElement {
  const { goal, isOpen, isGone, onToggle, onRemoved, onTyped } = props;
  const { language, words } = usePageLanguage();
  const id = useId();
  const due = goal.due_on ? new Date(`${goal.due_on}T12:00:00`) : null;
  return (
    <li className="card" data-status={goal.status}>
      <div className="card-head">
        <h3 id={`${id}-name`}>{goal.name}</h3>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? `${id}-form` : undefined}
          aria-describedby={`${id}-name`}
          onClick={onToggle}
        >
          {isOpen ? words.goals.fold : words.goals.edit}
        </button>
      </div>
      <div className="card-line">
        <progress max={100} value={goal.progress} aria-label={words.goals.progressOf(goal.name)} />
        <span className="percent">
          {new Intl.NumberFormat(language, { style: 'percent' }).format(goal.progress / 100)}
        </span>
      </div>
      <p className="card-facts">
        <span className={`status ${goal.status}`}>{words.goals.statuses[goal.status]}</span>
        {due !== null && (
          <span>{words.goals.due(new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(due))}</span>
        )}
      </p>
      {isOpen ? (
        <GoalEditor id={`${id}-form`} goal={goal} isGone={isGone} onRemoved={onRemoved} onTyped={onTyped} />
      ) : (
        goal.description && <p className="description">{goal.description}</p>
      )}
    </li>
  );
}
