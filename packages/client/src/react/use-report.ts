import { useCallback } from 'react'
import { plainTarget, type ReportTarget } from '../moderation/report-target.ts'
import type { Reports } from '../moderation/reports.ts'
import { useChatClient } from './chat-provider.tsx'
import { type ActionState, useRequest } from './use-action.ts'

export interface UseReport extends ActionState {
  /** Reports a message or a person to the admins. Trying again after a failure never makes a second report. */
  readonly report: (target: ReportTarget, reason: string) => ReturnType<Reports['report']>
}

/**
 * Reports messages and people to the admins, and shows how that goes.
 * @example
 * const { report, isPending, error } = useReport()
 * const onReport = () => void report(row, 'Insults')
 */
export function useReport(): UseReport {
  const { reports } = useChatClient()
  const { run, ...state } = useRequest((cid, target: ReturnType<typeof plainTarget>, reason: string) =>
    reports.report(target as ReportTarget, reason, cid),
  )
  const report = useCallback<UseReport['report']>((target, reason) => run(plainTarget(target), reason), [run])
  return { report, ...state }
}
