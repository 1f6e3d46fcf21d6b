export { type Chromium, type ChromiumOptions, describeInChromium, type OpenPage } from './chromium.ts'
export { hasLetGo, patience, receives, seesNothing } from './media.ts'
export { type ServedFiles, serveFiles } from './serve-files.ts'
export { openV2Page, v2Comes } from './v2-page.ts'
