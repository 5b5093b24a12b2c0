import { ConfirmDialog, type ConfirmDialogOptions } from 'backoffice-sync/react';

let isAsking = false;

/** Asks one question at a time: while one is open, another click asks nothing and is answered with no. */
export async function askOnce(options: ConfirmDialogOptions): Promise<boolean> {
  if (isAsking) return false;
  isAsking = true;
  try {
    return await ConfirmDialog.show(options);
  } finally {
    isAsking = false;
  }
}
