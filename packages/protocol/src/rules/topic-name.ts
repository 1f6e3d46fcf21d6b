import { normalName } from './names.ts'

/** Normalizes a topic's name: as any name, and lower case, with `_` for each space. Normalizing again changes nothing. */
export function topicName(text: string): string {
  return normalName(normalName(text).toLowerCase().replaceAll(' ', '_'))
}
