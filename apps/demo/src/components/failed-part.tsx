import { X } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import type { LoadFailure } from '../lib/loading.ts'
import { IconButton } from './icon-button.tsx'
import { Layer } from './layer.tsx'
import { Problem } from './problem.tsx'
import { useBorrowedFocus } from './use-borrowed-focus.ts'

const words: Readonly<Record<LoadFailure, string>> = {
  unreached: 'This is not loaded yet, and the server cannot be reached. Try again once you are connected.',
  updated: 'The page has been updated since you opened it. Reload it to see this.',
  broken: 'This part of the page could not be loaded.',
}

interface FailedPartProps {
  readonly failure: LoadFailure
  /** Whether it would have opened over the page. */
  readonly isOver: boolean
  readonly isTrying: boolean
  readonly onRetry: () => void
  /** Null where nothing closes it. */
  readonly onClose: (() => void) | null
}

/** Stands for a part of the page that could not be loaded, and says what can be done about it. */
export function FailedPart({ isOver, ...props }: FailedPartProps) {
  if (!isOver) return <Failed {...props} />
  return (
    <Layer>
      <FailedOver {...props} />
    </Layer>
  )
}

type FailedProps = Omit<FailedPartProps, 'isOver'>

function Failed({ failure, isTrying, onRetry, onClose }: FailedProps) {
  return (
    <div className="failed-part">
      <Problem what={words[failure]} />
      <div className="buttons">
        {failure !== 'updated' && (
          <button type="button" className="button small" onClick={onRetry}>
            {isTrying ? 'Trying…' : 'Try again'}
          </button>
        )}
        {/* Without a server, a reload would end in nothing. */}
        {failure !== 'unreached' && (
          <button type="button" className="button small" onClick={() => location.reload()}>
            Reload
          </button>
        )}
        {onClose && <IconButton label="Close" icon={X} isSmall onPress={onClose} />}
      </div>
    </div>
  )
}

/** Over the page, with the focus, as what it stands for would be. */
function FailedOver(props: FailedProps) {
  const box = useBorrowedFocus<HTMLDivElement>()

  function onKeyDown(event: KeyboardEvent): void {
    // They are not for what has opened it.
    event.stopPropagation()
    if (event.key === 'Escape') props.onClose?.()
  }

  return (
    <div
      ref={box}
      role="dialog"
      aria-label="Not loaded"
      tabIndex={-1}
      className="failed-over"
      onKeyDown={onKeyDown}
    >
      <Failed {...props} />
    </div>
  )
}
