import type { EstimateRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const estimateHandlers: Handlers<EstimateRequests> = { get_estimate: notBuilt }
