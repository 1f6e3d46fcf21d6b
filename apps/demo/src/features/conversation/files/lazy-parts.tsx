import { lazyPart } from '../../../components/lazy-part.tsx'
import { heightOf } from './box.ts'

const load = () => import('./parts.ts')

export const LazyMessageFiles = lazyPart(async () => (await load()).MessageFiles, {
  waiting: ({ files }) => <div style={{ height: heightOf(files) }} />,
})
export const LazyPendingFiles = lazyPart(async () => (await load()).PendingFiles)
export const LazyPictureDialog = lazyPart(async () => (await load()).PictureDialog, { failing: 'over' })
export const LazySoundRecorder = lazyPart(async () => (await load()).SoundRecorder)
