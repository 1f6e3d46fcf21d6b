import type { ReactNode } from 'react'
import { Problem } from './problem.tsx'
import { Skeleton } from './skeleton.tsx'

interface ListStatusProps {
  readonly status: 'skipped' | 'loading' | 'ready' | 'error'
  readonly error: Error | null
  /** What is loading, such as `Loading tickets`. */
  readonly label: string
  readonly children: ReactNode
}

/** Shows the children once data has loaded; until then a placeholder, or the error. */
export function ListStatus({ status, error, label, children }: ListStatusProps) {
  if (status === 'ready') return children
  if (status === 'error') return <Problem what={error} />
  return <Skeleton label={label} />
}
