/** An emoji as rows name it as a reaction: without the character that asks for colors. */
export function reactionOf(emoji: string): string {
  return emoji.replaceAll('\ufe0f', '')
}

/** A reaction as it is shown: in colors, also where its character is older than emoji are. */
export function emojiOf(reaction: string): string {
  return reaction.replace(/(?!\p{EPres})\p{ExtPict}(?!\p{EMod})/gu, '$&\ufe0f')
}
