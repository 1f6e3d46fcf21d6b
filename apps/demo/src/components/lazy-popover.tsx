import { lazy, Suspense } from 'react'
import type { PopoverProps } from './popover.tsx'

const Popover = lazy(async () => ({ default: (await import('./popover.tsx')).Popover }))

/** A small panel, whose code is loaded when somebody first opens one. */
export function LazyPopover(props: PopoverProps) {
  return (
    <Suspense>
      <Popover {...props} />
    </Suspense>
  )
}
