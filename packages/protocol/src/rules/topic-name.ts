/** Normalizes a topic's name: lower case, with `_` for each space. Normalizing again changes nothing. */
export function topicName(text: string): string {
  return text.toLowerCase().replaceAll(' ', '_')
}
