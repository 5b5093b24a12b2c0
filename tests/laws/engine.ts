import { joinSaves } from '../../backoffice/client/joinSaves.ts';
import { overlay } from '../../backoffice/client/overlay.ts';
import { rebaseSave } from '../../backoffice/client/rebaseSave.ts';
import { settleConflict } from '../../backoffice/client/settleConflict.ts';
import * as merging from '../../shared/merge/index.ts';
import { mergeLines } from '../../shared/text/mergeLines.ts';

/** The functions that the laws judge. They are passed in, so that a changed copy of them can be judged by the same laws. */
export interface Engine extends Pick<
  typeof merging,
  | 'merge'
  | 'diff'
  | 'applyJsonPatch'
  | 'applyMergePatch'
  | 'jsonEquals'
  | 'getAt'
  | 'parsePointer'
  | 'formatPointer'
  | 'restoreProtected'
> {
  readonly rebaseSave: typeof rebaseSave;
  readonly settleConflict: typeof settleConflict;
  readonly joinSaves: typeof joinSaves;
  readonly overlay: typeof overlay;
  readonly mergeLines: typeof mergeLines;
}

/** The engine as it is. */
export const productEngine: Engine = { ...merging, rebaseSave, settleConflict, joinSaves, overlay, mergeLines };
