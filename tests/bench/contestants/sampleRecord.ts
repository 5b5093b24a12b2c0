/** A record of the size that a team page has: some 400 bytes of JSON. */
export interface SampleRecord {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly department: string;
  readonly email: string;
  readonly phone: string;
  readonly city: string;
  readonly biography: string;
}

/** The record with this number; the same for every contestant. */
export function sampleRecord(number: number): SampleRecord {
  return {
    id: sampleId(number),
    name: `Member ${number}`,
    role: ['Engineer', 'Designer', 'Consultant', 'Accountant'][number % 4] as string,
    department: `Department ${number % 12}`,
    email: `member.${number}@example.com`,
    phone: '+33 1 00 00 00 00',
    city: ['Lyon', 'Paris', 'Lille', 'Nantes'][number % 4] as string,
    biography: `Joined ${1990 + (number % 35)} after years in the trade. `.repeat(4),
  };
}

/** The id of the record with this number. */
export function sampleId(number: number): string {
  return `m${number}`;
}
