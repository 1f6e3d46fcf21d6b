import { lazyPart } from '../../../components/lazy-part.tsx'

/** The picker, loaded when somebody first opens it. */
export const LazyEmojiPicker = lazyPart(async () => (await import('./emoji-picker.tsx')).EmojiPicker, {
  failing: 'over',
})
