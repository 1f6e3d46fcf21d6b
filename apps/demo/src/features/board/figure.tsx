import type { ReactNode } from 'react'

interface FigureProps {
  readonly label: string
  readonly value: string
  /** What it means, in a few words. */
  readonly children?: ReactNode
}

/** One number of the board. */
export function Figure({ label, value, children }: FigureProps) {
  return (
    <div className="card board-figure">
      <dt>{label}</dt>
      <dd>
        <strong>{value}</strong>
        {children !== undefined && <span className="muted">{children}</span>}
      </dd>
    </div>
  )
}
