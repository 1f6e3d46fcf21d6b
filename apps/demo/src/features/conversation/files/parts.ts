// What of files is loaded when there are some: one file, since parts that share code would put it into the page's first load.
export { MessageFiles } from './message-files.tsx'
export { PendingFiles } from './pending-files.tsx'
export { PictureDialog } from './picture-dialog.tsx'
export { SoundRecorder } from './sound-recorder.tsx'
