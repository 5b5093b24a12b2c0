import type { RawData } from 'ws';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../shared/json.ts';
import type { ClientFrame } from '../../../shared/protocol/frames.ts';
import { isChannelName } from '../../../shared/protocol/presence.ts';
import { SyncError } from '../../../shared/problem.ts';
import { inspectJson } from '../../records/inspectJson.ts';

/** Levels of nesting of a frame. */
const maxFrameDepth = 16;

/**
 * Reads what a client said.
 *
 * Errors  BODY_NOT_JSON, BODY_NOT_OBJECT, BAD_PARAMETER with what was expected; those of inspectJson
 */
export function readFrame(data: RawData, isBinary: boolean): ClientFrame {
  const frame = readJsonFrame(data, isBinary);
  switch (frame['type']) {
    case 'ping':
      return { type: 'ping' };
    case 'presence':
      return {
        type: 'presence',
        channel: readChannel(frame['channel'], 'channel'),
        ...(frame['key'] === undefined ? {} : { key: readText(frame['key'], 'key') }),
        state: frame['state'] === null ? null : readObject(frame['state'] ?? {}, 'state'),
      };
    case 'send': {
      const message = readObject(frame['message'], 'message');
      return {
        type: 'send',
        room: readChannel(frame['room'], 'room'),
        message: { type: readText(message['type'], 'message.type'), payload: message['payload'] ?? null },
      };
    }
    case 'subscribe':
      return readSubscribe(frame);
    default:
      throw bad('"type" has to be subscribe, presence, send or ping.');
  }
}

/** A frame as an object; frames of plain rooms are read no further. Errors  as for readFrame */
export function readJsonFrame(data: RawData, isBinary: boolean): JsonObject {
  if (isBinary) throw new SyncError('BODY_NOT_JSON', 'Frames are text, each one a JSON object.');
  let value: JsonValue;
  try {
    // A text frame is one Buffer: binaryType is left as it is.
    value = JSON.parse(String(data)) as JsonValue;
  } catch (cause) {
    throw new SyncError('BODY_NOT_JSON', 'A frame has to be one JSON object.', { cause });
  }
  inspectJson(value, maxFrameDepth);
  if (!isJsonObject(value)) throw new SyncError('BODY_NOT_OBJECT', 'A frame has to be one JSON object.');
  return value;
}

function readSubscribe(frame: JsonObject): ClientFrame {
  const texts = (name: string): readonly string[] | undefined => {
    const value = frame[name];
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      throw bad(`"${name}" has to be a list of texts.`);
    return value as readonly string[];
  };
  const resources = texts('resources');
  const filters = texts('filters');
  const channels = texts('channels');
  const { messages, eventsPerSecond, since, signedIn } = frame;
  if (messages !== undefined && typeof messages !== 'boolean') throw bad('"messages" has to be true or false.');
  if (eventsPerSecond !== undefined && typeof eventsPerSecond !== 'number')
    throw bad('"eventsPerSecond" has to be a number.');
  return {
    type: 'subscribe',
    ...(resources ? { resources } : {}),
    ...(filters ? { filters } : {}),
    ...(channels ? { channels } : {}),
    ...(messages === undefined ? {} : { messages }),
    ...(signedIn === true ? { signedIn } : {}),
    ...(eventsPerSecond === undefined ? {} : { eventsPerSecond }),
    ...(since === undefined || since === null ? {} : { since: readText(since, 'since') }),
  };
}

function readChannel(value: JsonValue | undefined, name: string): string {
  if (isChannelName(value)) return value;
  throw bad(`"${name}" has to be the name of a channel, such as project:4.`);
}

function readText(value: JsonValue | undefined, name: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 200) return value;
  throw bad(`"${name}" has to be a text of 1 to 200 characters.`);
}

function readObject(value: JsonValue | undefined, name: string): JsonObject {
  if (value !== undefined && isJsonObject(value)) return value;
  throw bad(`"${name}" has to be an object.`);
}

function bad(detail: string): SyncError {
  return new SyncError('BAD_PARAMETER', detail);
}
