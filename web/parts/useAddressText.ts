import { useEffect, useRef, useState } from 'react'

/**
 * The text of a search field that also stands in the address: what is typed shows at once, the address follows after a pause, and the field
 * follows the address only where somebody else changed it (Back, a link, "clear"), never its own writing that lands late.
 */
export function useAddressText(inAddress: string, write: (text: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(inAddress)
  const last = useRef(inAddress)
  const onTheWay = useRef(new Set<string>())
  useEffect(() => {
    if (inAddress === last.current) onTheWay.current.clear()
    else if (!onTheWay.current.has(inAddress)) {
      last.current = inAddress
      setText(inAddress)
    }
  }, [inAddress])
  useEffect(() => {
    const asked = text.trim()
    if (asked === last.current) return
    const timer = setTimeout(() => {
      last.current = asked
      onTheWay.current.add(asked)
      write(asked)
    }, 180)
    return () => clearTimeout(timer)
  }, [text, write])
  return [text, setText]
}
