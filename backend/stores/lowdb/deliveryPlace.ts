/** Where a row begins, which is its id: a day (UTC) such as `20260131`, and bytes in its file. */
export interface DeliveryPlace {
  readonly day: string;
  readonly offset: number;
}

const dayMs = 86_400_000;

/** The id of the row at a place. */
export function formatPlace({ day, offset }: DeliveryPlace): string {
  return `${day}-${offset}`;
}

/** The place that an id names; null for a text that is no id. */
export function parsePlace(id: string): DeliveryPlace | null {
  const [, day, offset] = /^(\d{8})-(\d{1,12})$/.exec(id) ?? [];
  return day === undefined ? null : { day, offset: Number(offset) };
}

/** Gives the day (UTC) of a moment; worked out once a day. */
export function createDayOf(): (time: number) => string {
  let known = { number: -1, name: '' };
  return (time) => {
    const number = Math.floor(time / dayMs);
    if (number !== known.number)
      known = { number, name: new Date(time).toISOString().slice(0, 10).replaceAll('-', '') };
    return known.name;
  };
}

/** The first millisecond after a day, since 1970. */
export function endOfDay(day: string): number {
  return Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`) + dayMs;
}
