import type { CallDevice } from '@dowellchat/protocol'

/** A device as one text; neither part has control characters. */
export function deviceKey({ user_id, device_id }: CallDevice): string {
  return `${user_id}\n${device_id}`
}
