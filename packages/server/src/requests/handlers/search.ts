import type { SearchRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const searchHandlers: Handlers<SearchRequests> = { search: notBuilt }
