/** Whether an emoji is shown in colors: `❤️` and `❤` are one reaction. */
const looks = /[\ufe0e\ufe0f]/g

/** A reaction as it is kept and counted: without the characters that say how an emoji looks. */
export function normalReaction(text: string): string {
  return text.replace(looks, '')
}
