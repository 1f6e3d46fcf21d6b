import type { CannedAnswerRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const cannedAnswerHandlers: Handlers<CannedAnswerRequests> = {
  create_canned_answer: notBuilt,
  update_canned_answer: notBuilt,
  delete_canned_answer: notBuilt,
  get_canned_answers: notBuilt,
}
