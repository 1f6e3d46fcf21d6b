/** Counts holders, to open something for the first and close it after the last. */
export interface Holders {
  /** Opens for the first holder; call the answer to let go. Closes a second after the last has let go. */
  readonly retain: () => () => void
  readonly isOpen: () => boolean
  /** Whether anybody holds it; it is open a second longer. */
  readonly isHeld: () => boolean
  /** Closes at once, even while it is held. The next `retain` opens it again. */
  readonly close: () => void
}

// StrictMode, and navigation between pages that show the same data, let go and retain again at once.
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
    isHeld: () => isOpen && holders > 0,
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
