import { type DragEvent, useRef, useState } from 'react'

interface FileDrop {
  /** Whether files are held over the place. */
  readonly isOver: boolean
  readonly props: {
    readonly onDragEnter: (event: DragEvent) => void
    readonly onDragOver: (event: DragEvent) => void
    readonly onDragLeave: () => void
    readonly onDrop: (event: DragEvent) => void
  }
}

/** Takes files that are dropped on a place; a page that does not would be left for them. */
export function useFileDrop(onFiles: ((files: readonly File[]) => void) | null): FileDrop {
  const [isOver, setIsOver] = useState(false)
  // Elements within it are entered before the one around them is left.
  const depth = useRef(0)

  function move(by: number): void {
    depth.current = Math.max(0, depth.current + by)
    setIsOver(onFiles !== null && depth.current > 0)
  }

  return {
    isOver,
    props: {
      onDragEnter: (event) => hasFiles(event) && move(1),
      onDragOver: (event) => hasFiles(event) && event.preventDefault(),
      onDragLeave: () => move(-1),
      onDrop(event) {
        if (!hasFiles(event)) return
        event.preventDefault()
        move(-depth.current)
        onFiles?.([...event.dataTransfer.files])
      },
    },
  }
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes('Files')
}
