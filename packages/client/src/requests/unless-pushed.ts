/**
 * Shows what a request answers, unless the same thing was pushed before that could be shown: it may have been newer, and where
 * it was not, a newer push follows, as those of a change come after its answer.
 */
export async function shownUnlessPushed<T extends { readonly _id: string }>(
  request: Promise<T>,
  onPush: (listener: (push: { readonly data: T }) => void) => () => void,
  show: (answer: T) => void,
): Promise<T> {
  const pushed = new Set<string>()
  const stop = onPush(({ data }) => pushed.add(data._id))
  try {
    const answer = await request
    if (!pushed.has(answer._id)) show(answer)
    return answer
  } finally {
    stop()
  }
}
