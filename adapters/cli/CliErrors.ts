/** The errors that commands fail with; `output/ExitCodes.ts` maps each to an exit code. */
import { Data } from "effect"

/** No user is signed in here, or the session has ended. */
export class NotSignedIn extends Data.TaggedError("NotSignedIn")<{ readonly hasEnded: boolean }> {
  override get message(): string {
    return `${this.hasEnded ? "Your session has ended." : "You are not signed in."} Run: taskwright login EMAIL (or register)`
  }
}

/** The server accepts no request with the API token. */
export class TokenRefused extends Data.TaggedError("TokenRefused") {
  override get message(): string {
    return "The server refuses the API token in TASKWRIGHT_TOKEN: it is unknown, has expired or was revoked."
  }
}

/** An API token may not do this, whatever its scopes are. */
export class LoginRequired extends Data.TaggedError("LoginRequired") {
  override get message(): string {
    return "No API token may do this. Unset TASKWRIGHT_TOKEN, and run: taskwright login EMAIL"
  }
}

/** The API token lacks a scope. */
export class ScopeMissing extends Data.TaggedError("ScopeMissing")<{ readonly scope: string }> {
  override get message(): string {
    return `The API token in TASKWRIGHT_TOKEN lacks the scope ${this.scope}. Create one that has it: taskwright token create`
  }
}

/** The database or the server cannot be reached, or is unavailable. */
export class Unreachable extends Data.TaggedError("Unreachable")<{ readonly message: string }> {}

/** The server rejects the request because of too many requests, and asks to wait. */
export class RateLimited extends Data.TaggedError("RateLimited")<{ readonly retryAfterMillis: number }> {
  override get message(): string {
    return `Too many requests. Try again in ${Math.ceil(this.retryAfterMillis / 1000)} seconds.`
  }
}

/** The operation is rejected; the message alone states the reason. */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{ readonly message: string }> {}

/** The current password, which a change of the account asks for, is wrong. */
export class WrongPassword extends Data.TaggedError("WrongPassword") {}

/** The typed input is invalid. */
export class InvalidInput extends Data.TaggedError("InvalidInput")<{ readonly message: string }> {}

/** No task, category or session has that name or number. */
export class NotFound extends Data.TaggedError("NotFound")<{ readonly message: string }> {}
