/** The part of a browser's document that says whether the page can be seen. */
interface PageDocument {
  readonly visibilityState: string
  addEventListener(name: 'visibilitychange', listener: () => void): void
  removeEventListener(name: 'visibilitychange', listener: () => void): void
}

export interface Visibility {
  /** Whether somebody may see the page; true outside browsers. */
  readonly isVisible: () => boolean
  /** Follows the page until the answer is called, which also calls `stop`. */
  readonly watch: (stop: () => void) => () => void
}

/** @param onVisible is called when the page becomes visible */
export function createVisibility(onVisible: () => void): Visibility {
  const { document } = globalThis as { readonly document?: PageDocument }
  const isVisible = (): boolean => document?.visibilityState !== 'hidden'
  const onChange = (): void => {
    if (isVisible()) onVisible()
  }
  return {
    isVisible,
    watch(stop) {
      document?.addEventListener('visibilitychange', onChange)
      return () => {
        document?.removeEventListener('visibilitychange', onChange)
        stop()
      }
    },
  }
}
