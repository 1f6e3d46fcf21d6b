import type { ReportTarget } from '@dowellchat/client'
import { Dialog } from '../../components/dialog.tsx'
import { ReportForm } from './report-form.tsx'

interface ReportDialogProps {
  readonly title: string
  readonly target: ReportTarget
  readonly onClose: () => void
}

/** Reports a message or a person. */
export function ReportDialog({ title, target, onClose }: ReportDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <ReportForm target={target} onDone={onClose} />
    </Dialog>
  )
}
