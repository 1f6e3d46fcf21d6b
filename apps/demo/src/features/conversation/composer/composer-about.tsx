import { Pencil, Reply, X } from 'lucide-react'
import { IconButton } from '../../../components/icon-button.tsx'
import { contentWords } from '../message/content-words.ts'
import { QuoteWords } from '../message/message-quote.tsx'
import type { Intention } from './intention.ts'

interface ComposerAboutProps {
  readonly intention: Intention
  readonly onCancel: () => void
}

/** Which message the next text answers or replaces. */
export function ComposerAbout({ intention: { kind, row }, onCancel }: ComposerAboutProps) {
  const isEdit = kind === 'edit'
  const Icon = isEdit ? Pencil : Reply
  return (
    <div className="composer-about">
      <Icon aria-hidden />
      <div className="composer-about-words">
        <span className="visually-hidden">{isEdit ? 'Editing: ' : 'Answering '}</span>
        {isEdit ? (
          <>
            <span className="quote-name">Edit your message</span>
            <span className="quote-text one-line" dir="auto">
              {row.message.message_data}
            </span>
          </>
        ) : (
          <QuoteWords
            author={row.message.author}
            name={row.message.display_name}
            text={contentWords(row.message)}
          />
        )}
      </div>
      <IconButton label={isEdit ? 'Stop editing' : 'Do not answer'} icon={X} isSmall onPress={onCancel} />
    </div>
  )
}
