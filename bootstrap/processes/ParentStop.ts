/** Tells a worker that it has to stop. */

/** The reason of a stop that the parent demands. */
export const ofParent = "its parent"

/** Calls the function with a reason when the parent demands a stop, and when the parent ends. */
export const onParentStop = (onStop: (reason: string) => void): void => {
  process.on("message", (message: { readonly _tag?: unknown } | null) => {
    if (message?._tag === "Stop") onStop(ofParent)
  })
  process.once("disconnect", () => onStop("the end of its parent"))
}
