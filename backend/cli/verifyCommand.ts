import { targetOptions, type Command } from './command.ts';
import { commandTarget, describeTarget } from './commandTarget.ts';
import { verifySnapshot } from './verifySnapshot.ts';
import { withSnapshot } from './withSnapshot.ts';

/** `verify`: reads everything and says whether it holds together. */
export const verifyCommand: Command = {
  name: 'verify',
  about: 'Reads the whole log and checks it against the records.',
  options: targetOptions,
  details: [
    'Checked: checksums of the files, places and times that rise, versions without a hole, every change leading back to the one',
    'before it, and every record being what its entries make of it. The first problem is said with its place.',
    'It changes nothing, and a server may be running.',
  ],
  async run(call) {
    const target = commandTarget(call);
    return withSnapshot(target, async (snapshot) => {
      for (const note of snapshot.notes) call.tell(note);
      const { entries, records, problem } = await verifySnapshot(snapshot);
      if (problem !== null) {
        call.say(`failed: ${problem}`);
        call.say('Stop the server, keep a copy as it is, and restore the last backup that verifies.');
        return 1;
      }
      call.say(
        `ok: ${entries} entries and ${records} records of ${describeTarget(target)} hold together, up to entry ${snapshot.head}.`,
      );
      return 0;
    });
  },
};
