import { bubbleTexts, type Filled, fill } from './bubble-texts.ts'

/** Everything that the widget says. `{name}` and the like stand for what differs. */
const englishTexts = {
  ...bubbleTexts,
  connecting: 'Connecting …',
  offline: 'There is no connection. Trying again …',
  refused: 'The chat is not available: {reason}',
  back: 'All conversations',
  sound_on: 'Turn the sound on',
  sound_off: 'Turn the sound off',
  conversations: 'Your conversations',
  new_conversation: 'New conversation',
  is_closed: 'Closed',
  is_open: 'Open',
  name: 'Your name',
  optional: 'optional',
  topic: 'What is it about?',
  message: 'How can we help?',
  start: 'Start the conversation',
  starting: 'Starting …',
  empty: 'Write what it is about, or add a file',
  write: 'Write a message',
  write_again: 'Write to open it again',
  send: 'Send',
  attach: 'Add files',
  remove_file: 'Remove {name}',
  retry: 'Try again',
  discard: 'Discard',
  sending: 'Sending',
  not_sent: 'Not sent: {reason}',
  removed: 'This message was removed',
  you: 'You',
  support: 'Support',
  older: 'Earlier messages',
  new_messages: 'New messages',
  messages: 'Messages',
  is_writing: '{name} is writing',
  some_are_writing: 'Some people are writing',
  end: 'End the conversation',
  end_short: 'End',
  end_question: 'End this conversation?',
  end_yes: 'End it',
  end_no: 'Keep it',
  place_next: 'You are next',
  place_number: 'You are number {place} in the line',
  place_many: 'More than {count} people are before you',
  wait_moment: 'any moment now',
  wait_minute: 'less than a minute',
  wait_minutes: 'about {low} to {high} minutes',
  wait_same: 'about {high} minutes',
  wait_one: 'about a minute',
  wait_hours: 'about {low} to {high} hours',
  wait_same_hours: 'about {high} hours',
  wait_day: 'more than a day',
  waiting: 'Waiting for an answer',
  nobody_online: 'Nobody is here right now. We answer as soon as somebody is',
  closed_hours: 'We are not here right now',
  opens_at: 'We are back {time}',
  answered: 'You are talking with {name}',
  answered_somebody: 'You are talking with us',
  has_it: 'Somebody has your conversation and answers soon',
  on_hold: 'Your conversation is on hold: we come back to it',
  closed: 'This conversation is closed',
  answer_time: 'We usually answer in {wait}',
  answer_now: 'We answer at once',
  rate: 'How did it go?',
  rate_label: '{score} of 5',
  rate_comment: 'What should we know?',
  rate_send: 'Send the rating',
  rated: 'Thank you. You rated it {score} of 5',
  rate_again: 'Change it',
  failed: 'That did not work: {reason}',
  no_files: 'The files could not be added: {reason}',
  picture: 'Picture {name}',
  download: 'Download {name}',
} as const

/** The widget's texts, each of which may be replaced. */
export type WidgetTexts = { readonly [K in keyof typeof englishTexts]: string }

/** Says one of the texts. */
export type Say = (name: keyof WidgetTexts, values?: Filled) => string

/** Says the texts, of which some are replaced. */
export function textsOf(replaced: Partial<WidgetTexts> = {}): Say {
  const texts = { ...englishTexts, ...replaced }
  return (name, values) => fill(texts[name], values)
}
