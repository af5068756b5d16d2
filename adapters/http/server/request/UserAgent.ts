/** Derives the label of a session's device from `User-Agent`. */
import Bowser from "bowser"
import { Device } from "../../../../domain/accounts/Session.ts"

/** How much of a User-Agent is parsed; browsers send far less. */
const maximumLength = 512
const maximumLabelLength = 100

/**
 * Returns a label for the caller's program: "Firefox on Linux" for a browser, the first word for another program
 * ("curl").
 */
export const deviceFromUserAgent = (userAgent: string | undefined): Device | null => {
  const text = (userAgent ?? "").slice(0, maximumLength).replace(/[^\x20-\x7e]/g, "")
  const label = labelOf(text).slice(0, maximumLabelLength).trim()
  return label === "" ? null : Device.make(label)
}

const labelOf = (text: string): string => {
  if (text.trim() === "") return ""
  const { browser, os } = Bowser.parse(text)
  return browser.name ? [browser.name, os.name].filter(Boolean).join(" on ") : programOf(text)
}

const programOf = (text: string): string => /^[\w .-]*/.exec(text)?.[0] ?? ""
