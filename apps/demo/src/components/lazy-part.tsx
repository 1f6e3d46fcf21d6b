import { type ComponentType, type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { createLoading } from '../lib/loading.ts'
import { FailedPart } from './failed-part.tsx'

interface LazyPartOptions<Props> {
  /** Shown while it is loaded; by default nothing. */
  readonly waiting?: (props: Props) => ReactNode
  /**
   * What is shown where it cannot be loaded: the reason in its place (`here`, the default), or over the page for what opens
   * over it (`over`). Nobody has asked for what comes `silently`: it tries by itself until it is there.
   * Where the page has been updated it never will be, which is said over the page, once for all of them.
   */
  readonly failing?: 'here' | 'over' | 'silently'
}

const retryMs = 10_000
/** Those that come silently and cannot any more; the first of them says so. */
const lost = new Set<object>()

/**
 * A component whose code is loaded when it is first shown. Where that fails, the rest of the page stays as it is, and the
 * code is loaded again at the next try: React's own `lazy` would keep the failure, and end all that is around it.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { waiting, failing = 'here' }: LazyPartOptions<Props> = {},
): ComponentType<Props> {
  const { start, subscribe, getSnapshot } = createLoading(load)
  const isSilent = failing === 'silently'

  return function LazyPart(props: Props) {
    const { loaded: Part, failure, isLoading } = useSyncExternalStore(subscribe, getSnapshot)
    const isLost = failure === 'updated'
    const triesItself = isSilent && failure && !isLost && !isLoading
    const [isToldOf, setIsToldOf] = useState(false)
    useEffect(start, [])
    useEffect(() => (triesItself ? tryLater(start) : undefined), [triesItself])

    if (Part) return <Part {...props} />
    if (failure === null) return waiting?.(props)
    if (isSilent && (!isLost || isToldOf || [...lost.add(start)][0] !== start)) return null
    const { onClose = isSilent ? () => setIsToldOf(true) : null } = props as { readonly onClose?: () => void }
    return (
      <FailedPart
        failure={failure}
        isOver={failing !== 'here'}
        isTrying={isLoading}
        onRetry={start}
        onClose={onClose}
      />
    )
  }
}

/** Tries again after a while, or once there is a network again. */
function tryLater(start: () => void): () => void {
  const timer = setTimeout(start, retryMs)
  addEventListener('online', start)
  return () => {
    clearTimeout(timer)
    removeEventListener('online', start)
  }
}
