import { CircleAlert } from 'lucide-react'

/** An error text, announced to screen readers when it appears. Takes no space while there is none. */
export function Problem({ text, id }: { readonly text: string | null; readonly id?: string }) {
  return (
    <div role="alert" id={id} className="problem">
      {text !== null && (
        <>
          <CircleAlert aria-hidden />
          <span dir="auto">{text}</span>
        </>
      )}
    </div>
  )
}
