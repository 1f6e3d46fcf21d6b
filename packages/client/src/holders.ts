/** What is open while somebody holds it. */
export interface Holders {
  /** Opens with the first; the answer lets go, and a second after the last one it closes. */
  readonly retain: () => () => void
  readonly isOpen: () => boolean
  /** Closes now, whoever holds it; the next `retain` opens it again. */
  readonly close: () => void
}

// StrictMode, and a page that goes to another that needs the same, let go and take hold again at once.
const lingerMs = 1_000

export function createHolders({ open, close }: { open(): void; close(): void }): Holders {
  let holders = 0
  let isOpen = false
  let lingering: ReturnType<typeof setTimeout> | undefined

  function stop(): void {
    clearTimeout(lingering)
    if (!isOpen) return
    isOpen = false
    close()
  }

  return {
    isOpen: () => isOpen,
    close: stop,
    retain() {
      clearTimeout(lingering)
      holders += 1
      if (!isOpen) {
        isOpen = true
        open()
      }
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        holders -= 1
        if (holders === 0) lingering = setTimeout(stop, lingerMs)
      }
    },
  }
}
