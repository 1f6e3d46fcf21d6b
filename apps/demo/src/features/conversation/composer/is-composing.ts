/** Whether Enter picks a word. In Safari the composition has ended by then, and only the deprecated code tells. */
export function isComposing({ isComposing: isMarked, keyCode }: KeyboardEvent): boolean {
  return isMarked || keyCode === 229
}
