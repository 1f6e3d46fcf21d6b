import { type ComponentProps, lazy, Suspense } from 'react'
import type { EmojiPicker } from './emoji-picker.tsx'

const Picker = lazy(async () => ({ default: (await import('./emoji-picker.tsx')).EmojiPicker }))

/** The picker, loaded when somebody first opens it. */
export function LazyEmojiPicker(props: ComponentProps<typeof EmojiPicker>) {
  return (
    <Suspense>
      <Picker {...props} />
    </Suspense>
  )
}
