import { Avatar } from '../../../components/avatar.tsx'
import type { MentionKeys } from './use-mention-keys.ts'

/** The people whom the message box suggests to mention. */
export function MentionList({ mentions: { id, found, chosen, pick } }: { readonly mentions: MentionKeys }) {
  if (found.length === 0) return null
  return (
    <div id={id} role="listbox" aria-label="People to mention" className="mention-list">
      {found.map((person, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the message box
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the message box
        <div
          key={person.user_id}
          id={`${id}${at}`}
          role="option"
          aria-selected={at === chosen}
          className="mention-option"
          // Keeps the focus in the message box.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => pick(person)}
        >
          <Avatar name={person.name} id={person.user_id} size="s" />
          <bdi className="one-line">{person.name}</bdi>
        </div>
      ))}
    </div>
  )
}
