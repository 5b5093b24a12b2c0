import { ok, warning, type CheckLine } from './checkLine.ts';

const toleratedMs = 5_000;

/**
 * The clock of this machine, against the last entry of the log and, where there is one, the clock of the database.
 *
 * Units   milliseconds since 1970; lastAt 0 for an empty log
 */
export function checkClock(lastAt: number, databaseNow?: number): CheckLine {
  const now = Date.now();
  const advice =
    'Let the system set its clock (NTP): times of saves, sessions and signatures of webhooks depend on it.';
  const shown = new Date(now).toISOString();
  if (databaseNow !== undefined && Math.abs(databaseNow - now) > toleratedMs)
    return warning('clock', `${shown} here, ${new Date(databaseNow).toISOString()} in the database`, advice);
  if (lastAt > now + toleratedMs)
    return warning('clock', `${shown}, and the last entry is of ${new Date(lastAt).toISOString()}`, advice);
  return ok('clock', shown);
}
