import { lazy, Suspense } from 'react'
import type { MenuProps } from './menu-item.ts'

const Menu = lazy(async () => ({ default: (await import('./menu.tsx')).Menu }))

/** A menu, whose code is loaded when somebody first opens one. */
export function LazyMenu(props: MenuProps) {
  return (
    <Suspense>
      <Menu {...props} />
    </Suspense>
  )
}
