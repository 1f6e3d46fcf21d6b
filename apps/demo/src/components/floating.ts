// What opens beside a button: one file, since parts that share code would put it into the page's first load.
export { Menu } from './menu.tsx'
export { Popover } from './popover.tsx'
