/** Decides whether a client takes an event stream (RFC 9110 §12.5.1). */

/** The media ranges that an event stream belongs to, the most specific first. */
const ranges = ["text/event-stream", "text/*", "*/*"]

/** Whether `Accept` leaves room for an event stream. The most specific range that it names decides. */
export const acceptsEventStream = (accept: string | undefined): boolean => {
  if (accept === undefined || accept.trim() === "") return true
  const weights = new Map<string, number>()
  for (const element of accept.toLowerCase().split(",")) {
    const [range = "", ...parameters] = element.split(";").map((part) => part.trim())
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2)
    weights.set(range, quality === undefined ? 1 : Number(quality))
  }
  const named = ranges.find((range) => weights.has(range))
  return named !== undefined && (weights.get(named) ?? 0) > 0
}
