import { lazyPart } from './lazy-part.tsx'

/** A menu, whose code is loaded when somebody first opens one. */
export const LazyMenu = lazyPart(async () => (await import('./floating.ts')).Menu, { failing: 'over' })
