import { lazyPart } from './lazy-part.tsx'

/** A small panel, whose code is loaded when somebody first opens one. */
export const LazyPopover = lazyPart(async () => (await import('./floating.ts')).Popover, { failing: 'over' })
