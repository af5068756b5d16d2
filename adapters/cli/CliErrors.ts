import { Data } from "effect"

/** Nobody is signed in here, or the session has ended. */
export class NotSignedIn extends Data.TaggedError("NotSignedIn")<{ readonly hasEnded: boolean }> {
  override get message(): string {
    return `${this.hasEnded ? "Your session has ended." : "You are not signed in."} Run: taskwright login EMAIL (or register)`
  }
}

/** The database or the server cannot be reached, or cannot answer at the moment. */
export class Unreachable extends Data.TaggedError("Unreachable")<{ readonly message: string }> {}

/** The server asks to wait: too many requests. */
export class RateLimited extends Data.TaggedError("RateLimited")<{ readonly retryAfterMillis: number }> {
  override get message(): string {
    return `Too many requests. Try again in ${Math.ceil(this.retryAfterMillis / 1000)} seconds.`
  }
}

/** What was asked for is refused, for a reason that only the words tell. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{ readonly message: string }> {}

/** What was typed cannot be read. */
export class InvalidInput extends Data.TaggedError("InvalidInput")<{ readonly message: string }> {}

/** Nothing of that name or number is there. */
export class NotFound extends Data.TaggedError("NotFound")<{ readonly message: string }> {}
