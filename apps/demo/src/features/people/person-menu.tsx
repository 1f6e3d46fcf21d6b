import { useBlockUser } from '@dowellchat/client/react'
import { Ban, Ellipsis, Flag } from 'lucide-react'
import { useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { MenuButton } from '../../components/menu-button.tsx'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { ReportForm } from './report-form.tsx'

interface PersonMenuProps {
  readonly userId: string
  readonly name: string
}

/** What you can do about a person: block and report them. */
export function PersonMenu({ userId, name }: PersonMenuProps) {
  const { blockUser, error } = useBlockUser()
  const [isReporting, setIsReporting] = useState(false)
  return (
    <>
      <MenuButton
        label={`More about ${name}`}
        icon={Ellipsis}
        items={() => [
          {
            label: 'Block',
            icon: Ban,
            onChoose: () => whenDone(blockUser(userId), () => announce(`${name} is blocked`)),
          },
          { label: 'Report', icon: Flag, isDanger: true, onChoose: () => setIsReporting(true) },
        ]}
      />
      <Problem what={error} />
      {isReporting && (
        <Dialog title={`Report ${name}`} onClose={() => setIsReporting(false)}>
          <ReportForm target={{ user_id: userId }} onDone={() => setIsReporting(false)} />
        </Dialog>
      )}
    </>
  )
}
