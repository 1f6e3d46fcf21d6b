const listeners = new Set<(text: string) => void>()

/** Has a text read by screen readers when they have nothing else to say. */
export function announce(text: string): void {
  for (const listener of [...listeners]) listener(text)
}

/** @returns stops listening */
export function onAnnouncement(listener: (text: string) => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
