import { lazy } from 'react'

const load = () => import('./parts.ts')

export const LazyMessageFiles = lazy(async () => ({ default: (await load()).MessageFiles }))
export const LazyPendingFiles = lazy(async () => ({ default: (await load()).PendingFiles }))
export const LazyPictureDialog = lazy(async () => ({ default: (await load()).PictureDialog }))
export const LazySoundRecorder = lazy(async () => ({ default: (await load()).SoundRecorder }))
