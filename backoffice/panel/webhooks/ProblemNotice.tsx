import { useTranslation } from 'react-i18next';
import type { SyncProblem } from '../../client/SyncRequestError.ts';
import { loadFault } from '../feedback/loadFault.ts';
import { Notice } from '../feedback/Notice.tsx';
import { ProblemDetails } from '../feedback/ProblemDetails.tsx';

/** Why something was refused, in plain words, with the request id folded away. */
export function ProblemNotice({
  problem,
  isBesideField = false,
}: {
  readonly problem: SyncProblem;
  /** True when the sentence stands beside a field, and this only leads there. */
  readonly isBesideField?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <Notice tone="bad" urgent>
      {isBesideField ? t('webhooks.form.checkFields') : t(`common.${loadFault(problem)}`)}
      <ProblemDetails problem={problem} />
    </Notice>
  );
}
