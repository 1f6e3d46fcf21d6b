/** A topic's name as it is kept: lower case, `_` for each space. Normalising twice changes nothing. */
export function topicName(text: string): string {
  return text.toLowerCase().replaceAll(' ', '_')
}
