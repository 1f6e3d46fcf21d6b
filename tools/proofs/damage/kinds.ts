import { header } from './kinds/header.ts'
import type { Kind } from './kinds/kind.ts'
import { logs } from './kinds/logs.ts'
import { others } from './kinds/others.ts'
import { pages } from './kinds/pages.ts'
import { rows } from './kinds/rows.ts'

export type { Kind }

export const kinds: readonly Kind[] = [...rows, ...header, ...pages, ...logs, ...others]
