import { Camera, FilePlus, Mic, Plus } from 'lucide-react'
import { useRef } from 'react'
import { MenuButton } from '../../../components/menu-button.tsx'
import type { MenuItem } from '../../../components/menu-item.ts'

interface AddFilesProps {
  readonly onFiles: (files: readonly File[]) => void
  /** Null where this browser cannot record. */
  readonly onRecord: (() => void) | null
}

/** A button with what can go with a message: files, a photo from a phone's camera, a sound. */
export function AddFiles({ onFiles, onRecord }: AddFilesProps) {
  const files = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)

  function items(): readonly MenuItem[] {
    const hasCamera = matchMedia('(pointer: coarse)').matches
    return [
      { label: 'Choose files', icon: FilePlus, onChoose: () => files.current?.click() },
      ...(hasCamera
        ? [{ label: 'Take a photo', icon: Camera, onChoose: () => camera.current?.click() }]
        : []),
      ...(onRecord ? [{ label: 'Record a sound', icon: Mic, onChoose: onRecord }] : []),
    ]
  }

  function take({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void {
    onFiles([...(currentTarget.files ?? [])])
    // So that the same file can be chosen again.
    currentTarget.value = ''
  }

  return (
    <>
      <MenuButton label="Add files" icon={Plus} items={items} />
      <input ref={files} type="file" multiple hidden aria-label="Files to send" onChange={take} />
      <input
        ref={camera}
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        aria-label="Photo to send"
        onChange={take}
      />
    </>
  )
}
